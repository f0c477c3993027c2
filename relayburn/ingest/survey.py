"""What session logs look like from outside, without reading any session: where they lie, who wrote them, what is odd.

In: a home. Out: for each harness a `Survey`: the roots that were tried, their files, what is passed over and why, and of the
newest files the versions and the types of lines, those never seen before by name. Nothing is written.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec import field

from relayburn.errors import LogUnreadable
from relayburn.ingest.discovery import (
    claude_session_files,
    claude_subagent_files,
    codex_session_files,
    is_log,
    is_opencode_session,
    opencode_session_files,
)
from relayburn.ingest.file_state import file_state
from relayburn.ingest.log_lines import Seen, claude_lines, codex_lines, opencode_lines
from relayburn.ingest.roots import claude_roots, codex_roots, opencode_roots
from relayburn.ledger.home import Home
from relayburn.reader.claude.line_types import LINE_TYPES as CLAUDE_TYPES
from relayburn.reader.codex.line_types import LINE_TYPES as CODEX_TYPES
from relayburn.reader.opencode.line_types import LINE_TYPES as OPENCODE_TYPES
from relayburn.records import Record
from relayburn.semantics import CURRENT, Semantics

LOOKED_INTO_BYTES = 128 << 20
"""Of how many bytes, the newest files first, the lines are looked at."""


class SurveyedRoot(Record):
    """A folder that was tried: whether it exists, its session files and their size in bytes."""

    path: str
    exists: bool
    files: int = 0
    bytes: int = 0


class PassedOver(Record):
    """Something that looks like a session, or may hold some, and is not read; and why."""

    path: str
    reason: str


class UnknownType(Record):
    """A type of lines never seen before: how many lines, and a file that has one."""

    type: str
    lines: int
    path: str


class Survey(Record):
    """The logs of one harness. Times are in milliseconds since the Unix epoch.

    `looked_into` files, the newest, were looked at line by line: `versions` counts those of each version of the harness.
    """

    harness: str
    roots: list[SurveyedRoot]
    newest_path: str | None = None
    newest_ms: float | None = None
    looked_into: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    unknown_types: list[UnknownType] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    not_ingested: int = 0

    @property
    def files(self) -> int:
        """Session files in all roots."""
        return sum(root.files for root in self.roots)


@dataclass(frozen=True, slots=True)
class _Place:
    """How one harness keeps its sessions."""

    harness: str
    roots: Callable[[Home, Semantics], list[str]]
    files: Callable[[str], Iterable[str]]
    is_session: Callable[[str], bool]
    lines: Callable[[str], Iterator[Seen]]
    known: frozenset[str]


def _claude_files(root: str) -> Iterator[str]:
    yield from claude_session_files(root)
    yield from claude_subagent_files(root)


_PLACES = (
    _Place("claude", claude_roots, _claude_files, is_log, claude_lines, CLAUDE_TYPES),
    _Place("codex", codex_roots, codex_session_files, is_log, codex_lines, CODEX_TYPES),
    _Place("opencode", opencode_roots, opencode_session_files, is_opencode_session, opencode_lines, OPENCODE_TYPES),
)


def survey(home: Home, known_files: Iterable[str], *, semantics: Semantics = CURRENT) -> list[Survey]:
    """Look at the logs of all harnesses; `known_files` are those that were ingested before."""
    ingested = frozenset(known_files)
    return [_survey(place, home, ingested, semantics) for place in _PLACES]


def _survey(place: _Place, home: Home, ingested: frozenset[str], semantics: Semantics) -> Survey:
    found = Survey(place.harness, [])
    aged: list[tuple[float, int, str]] = []
    for path in place.roots(home, semantics):
        root = SurveyedRoot(path, _is_folder(path))
        found.roots.append(root)
        found.passed_over += _passed_over(path, place.is_session)
        for file in place.files(path):
            try:
                state = file_state(file)
            except LogUnreadable as error:
                found.passed_over.append(PassedOver(file, error.cause.strerror or str(error.cause)))
                continue
            root.files += 1
            root.bytes += state.size
            found.not_ingested += file not in ingested
            aged.append((state.mtime_ms, state.size, file))
    aged.sort(reverse=True)
    if aged:
        found.newest_ms, _, found.newest_path = aged[0]
    _look_into(place, aged, found)
    return found


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except OSError:
        # Something above it may not be entered.
        return False


def _passed_over(root: str, is_session: Callable[[str], bool]) -> Iterator[PassedOver]:
    """What discovery does not tell of: folders that cannot be listed, and links."""
    refused: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=refused.append):
        for name in sorted([*folders, *filter(is_session, files)]):
            path = f"{folder}/{name}"
            if Path(path).is_symlink():
                yield PassedOver(path, "a symbolic link, which is not followed")
    for error in refused:
        if not isinstance(error, FileNotFoundError):
            yield PassedOver(str(error.filename), f"cannot be listed: {error.strerror}")


def _look_into(place: _Place, aged: Iterable[tuple[float, int, str]], found: Survey) -> None:
    """Look at the lines of the newest files, at least of one."""
    left = LOOKED_INTO_BYTES
    versions: Counter[str] = Counter()
    unknown: dict[str, UnknownType] = {}
    for _, size, path in aged:
        if left <= 0:
            break
        left -= size
        bad_lines, of_file = 0, set()
        try:
            for seen in place.lines(path):
                bad_lines += seen.is_bad
                if seen.version is not None:
                    of_file.add(seen.version)
                if seen.type is not None and seen.type not in place.known:
                    unknown.setdefault(seen.type, UnknownType(seen.type, 0, path)).lines += 1
        except LogUnreadable as error:
            found.passed_over.append(PassedOver(path, error.cause.strerror or str(error.cause)))
            continue
        found.looked_into += 1
        versions.update(of_file)
        if bad_lines:
            found.passed_over.append(PassedOver(path, f"{bad_lines} of its lines are no JSON; the rest is read"))
    found.versions = dict(sorted(versions.items(), key=lambda item: (-item[1], item[0])))
    found.unknown_types = sorted(unknown.values(), key=lambda one: one.type)
