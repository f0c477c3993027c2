"""Content and user turns that the home lacks, read again from the session files (ingest.md 4).

In: a home. Out: a `ContentReport`. Turns, compactions, relationships and cursors are not touched; what content is to be
stored, the settings are not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from relayburn.errors import RelayburnError
from relayburn.ingest.codex_id import derive_codex_id
from relayburn.ingest.discovery import untold
from relayburn.ingest.harnesses import CLAUDE, CODEX, OPENCODE, Harness
from relayburn.ingest.harvest import Wire, session_key, wires
from relayburn.ingest.sweep import Hear, unheard
from relayburn.ledger.append import append_user_turns
from relayburn.ledger.content import append_content, list_content
from relayburn.ledger.home import Home
from relayburn.ledger.query import recorded
from relayburn.reader.claude import ClaudeOptions, parse_claude_session
from relayburn.reader.codex import CodexOptions, parse_codex_session
from relayburn.reader.opencode import OpencodeOptions, parse_opencode_session
from relayburn.records import ContentRecord, UserTurnRecord
from relayburn.semantics import CURRENT, Semantics


@dataclass(slots=True)
class ContentReport:
    """How many files were looked at, how many of them had nothing to add, and what was appended for how many sessions.

    Records are counted as handed over: one that the home knows already counts, though it is not written again.
    """

    scanned_files: int = 0
    skipped_existing: int = 0
    reingested_sessions: int = 0
    appended_content: int = 0
    appended_user_turns: int = 0
    failed: int = 0


class Spoken(Protocol):
    """What a whole parse gives that is wanted here."""

    @property
    def content(self) -> Sequence[ContentRecord]: ...

    @property
    def user_turns(self) -> Sequence[UserTurnRecord]: ...


@dataclass(frozen=True, slots=True)
class _Source:
    """One harness: what its files are announced with, the session of a file, if its name or start tells, and its reader."""

    harness: Harness
    announcement: str
    session_of: Callable[[str], str | None]
    read: Callable[[str, Semantics], Spoken]


def _read_claude(path: str, semantics: Semantics) -> Spoken:
    return parse_claude_session(path, ClaudeOptions(session_path=path, content_mode="full"), semantics=semantics)


def _read_codex(path: str, semantics: Semantics) -> Spoken:
    return parse_codex_session(path, CodexOptions(session_path=path, content_mode="full"), semantics=semantics)


def _read_opencode(path: str, semantics: Semantics) -> Spoken:
    return parse_opencode_session(path, OpencodeOptions(session_path=path, content_mode="full"), semantics=semantics)


def _stem(path: str) -> str:
    return PurePath(path).stem


_SOURCES = (
    _Source(CLAUDE, "re-parsing Claude Code sessions for content", _stem, _read_claude),
    _Source(CODEX, "re-parsing Codex sessions for content", derive_codex_id, _read_codex),
    _Source(OPENCODE, "re-parsing OpenCode sessions for content", _stem, _read_opencode),
)


def reingest_missing_content(
    home: Home, *, log: Hear, on_progress: Hear = unheard, semantics: Semantics = CURRENT
) -> ContentReport:
    """Append the content and user turns of sessions that have none in `home`. Raises what reading the home raises."""
    on_progress("loading existing content records")
    content = set(list_content(home))
    on_progress("loading existing user-turn records")
    user_turns = {session_key(turn.get("sessionId")) for turn in recorded(home, "user_turn", semantics=semantics)}
    known = _Known(content, user_turns)
    report = ContentReport()
    for source in _SOURCES:
        on_progress(source.announcement)
        for path in _paths(source.harness, home, semantics):
            report.scanned_files += 1
            if known.whole(source.session_of(path)):
                report.skipped_existing += 1
                continue
            try:
                _reingest(home, source.read(path, semantics), known, report, log, semantics)
            except RelayburnError as error:
                report.failed += 1
                log(f"[burn] reingest skipped {path}: {error}")
    return report


@dataclass(frozen=True, slots=True)
class _Known:
    """The sessions that have content, and those that have user turns."""

    content: set[str]
    user_turns: set[str]

    def whole(self, session_id: str | None) -> bool:
        """Whether nothing of a session is missing."""
        return session_id is not None and session_id in self.content and session_id in self.user_turns


def _paths(harness: Harness, home: Home, semantics: Semantics) -> Iterator[str]:
    return (file.path for file in harness.files(home, semantics, untold))


def _reingest(home: Home, found: Spoken, known: _Known, report: ContentReport, log: Hear, semantics: Semantics) -> None:
    content = _missing(wires(found.content), known.content)
    user_turns = _missing(wires(found.user_turns), known.user_turns)
    if content:
        append_content(home, content, log, semantics=semantics)
    if user_turns:
        append_user_turns(home, user_turns, semantics=semantics)
    with_content, with_user_turns = _sessions(content), _sessions(user_turns)
    known.content.update(with_content)
    known.user_turns.update(with_user_turns)
    report.appended_content += len(content)
    report.appended_user_turns += len(user_turns)
    report.reingested_sessions += len(with_content | with_user_turns)


def _missing(records: Sequence[Wire], known: set[str]) -> list[Wire]:
    return [record for record in records if session_key(record["sessionId"]) not in known]


def _sessions(records: Sequence[Wire]) -> set[str]:
    return {session_key(record["sessionId"]) for record in records}
