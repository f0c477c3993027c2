"""Stamps for sessions whose id their launcher cannot know: written before the launch, claimed by the session that fits.

In: a home, and what a launcher says, or a candidate session. Out: files in the home's `pending-stamps` folder, and at
most one stamp in the ledger for each session (ingest.md 6). A claim is a rename, so that of several processes one wins.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from relayburn.errors import InvalidInput
from relayburn.ingest.candidate import Candidate
from relayburn.ingest.file_state import milliseconds
from relayburn.ingest.pending_records import HARNESSES, PendingStamp, absolute, lies_within, read_record
from relayburn.jsdate import iso, parse_date
from relayburn.ledger.home import Home
from relayburn.ledger.json_file import indented
from relayburn.ledger.private_files import make_folder, write_file
from relayburn.ledger.stamps import write_stamp
from relayburn.semantics import CURRENT, Semantics

TTL_MS = 86_400_000
"""How long a stamp waits for its session, in milliseconds."""

_SLACK_MS = 1
"""A session file may be dated this much before the launch: file times are cut to milliseconds."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many files a sweep looked at, and how many it deleted."""

    scanned: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """How many stamps were applied (0 or 1), and what they said."""

    applied: int = 0
    enrichment: Mapping[str, str] = field(default_factory=dict)


def write_pending_stamp(
    home: Home,
    *,
    harness: str,
    cwd: str,
    enrichment: Mapping[str, str],
    session_dir_hint: str | None = None,
    spawn_start_ts: str | None = None,
    spawner_pid: int | None = None,
) -> tuple[Path, PendingStamp]:
    """Leave a stamp for the session that is about to start in `cwd`; its file and its record.

    `spawn_start_ts` is an ISO text, by default now. Raises `InvalidInput` for a harness that has no pending stamps or
    a time that is none, and `HomeUnwritable`.
    """
    if harness not in HARNESSES:
        raise InvalidInput(f"no pending stamps for {harness!r} (expected one of: {', '.join(HARNESSES)})")
    spawn_ms = int(home.clock()) if spawn_start_ts is None else parse_date(spawn_start_ts)
    if spawn_ms is None:
        raise InvalidInput(f"{spawn_start_ts!r} is no time")
    sweep_pending_stamps(home, now_ms=spawn_ms)
    stamp = PendingStamp(
        harness,
        os.getpid() if spawner_pid is None else spawner_pid,
        iso(spawn_ms),
        spawn_ms,
        absolute(cwd),
        dict(enrichment),
        None if session_dir_hint is None else absolute(session_dir_hint),
    )
    name = f"{harness}-{stamp.spawner_pid}-{spawn_ms}-{uuid.uuid4()}"
    file = home.pending_stamps / f"{name}.json"
    unfinished = home.pending_stamps / f"{name}.tmp-{os.getpid()}-{uuid.uuid4()}"
    make_folder(home.pending_stamps)
    write_file(unfinished, indented(stamp.to_wire()) + b"\n")
    unfinished.rename(file)
    return file, stamp


def sweep_pending_stamps(home: Home, *, now_ms: float | None = None, ttl_ms: float = TTL_MS) -> Swept:
    """Delete what waited longer than `ttl_ms`: records by their launch, other files by their own time.

    A file that cannot be read is deleted; one that cannot be deleted stays.
    """
    now = home.clock() if now_ms is None else now_ms
    scanned = deleted = 0
    for path in _regular_files(home.pending_stamps):
        scanned += 1
        if _born_ms(path) < now - ttl_ms:
            with suppress(OSError):
                path.unlink()
                deleted += 1
    return Swept(scanned, deleted)


def _born_ms(path: Path) -> float:
    """Since when a file waits; since ever, where it cannot be read."""
    try:
        record = read_record(path.read_bytes())
        return milliseconds(path.stat().st_mtime_ns) if record is None else record.spawn_ms
    except OSError:
        return float("-inf")


def resolve_pending_stamps(home: Home, candidate: Candidate, *, semantics: Semantics = CURRENT) -> Resolved:
    """Apply the oldest pending stamp that fits `candidate`, if there is one. Raises what writing a stamp raises."""
    if not candidate.session_id:
        return Resolved()
    sweep_pending_stamps(home)
    fitting = [(path, stamp) for path, stamp in _waiting(home) if _fits(stamp, candidate)]
    for path, stamp in sorted(fitting, key=lambda found: found[1].spawn_ms):
        claim = path.with_name(f"{path.name}.claimed-{os.getpid()}-{uuid.uuid4()}")
        try:
            path.rename(claim)
        except OSError:
            # Another process has it, or it is gone.
            continue
        _apply(home, candidate.session_id, stamp, claim, path, semantics)
        return Resolved(1, stamp.enrichment)
    return Resolved()


def _apply(home: Home, session_id: str, stamp: PendingStamp, claim: Path, path: Path, semantics: Semantics) -> None:
    try:
        write_stamp(home, {"sessionId": session_id}, stamp.enrichment, semantics=semantics)
    except BaseException:
        with suppress(OSError):
            claim.rename(path)
        raise
    with suppress(OSError):
        claim.unlink()


def _waiting(home: Home) -> Iterator[tuple[Path, PendingStamp]]:
    for path in _regular_files(home.pending_stamps):
        if not path.name.endswith(".json"):
            continue
        try:
            stamp = read_record(path.read_bytes())
        except OSError:
            continue
        if stamp is not None:
            yield path, stamp


def _fits(stamp: PendingStamp, candidate: Candidate) -> bool:
    return all(rule(stamp, candidate) for rule in _RULES)


def _same_harness(stamp: PendingStamp, candidate: Candidate) -> bool:
    return stamp.harness == candidate.harness


def _where_expected(stamp: PendingStamp, candidate: Candidate) -> bool:
    if not stamp.session_dir_hint or not candidate.session_path:
        return True
    return lies_within(candidate.session_path, stamp.session_dir_hint)


def _not_before_launch(stamp: PendingStamp, candidate: Candidate) -> bool:
    return candidate.mtime_ms is None or candidate.mtime_ms + _SLACK_MS >= stamp.spawn_ms


def _in_its_directory(stamp: PendingStamp, candidate: Candidate) -> bool:
    if not candidate.cwd:
        return candidate.mtime_ms is not None
    return absolute(stamp.cwd) == absolute(candidate.cwd)


_RULES: tuple[Callable[[PendingStamp, Candidate], bool], ...] = (
    _same_harness,
    _where_expected,
    _not_before_launch,
    _in_its_directory,
)


def _regular_files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            names = [entry.name for entry in found if entry.is_file(follow_symlinks=False)]
    except OSError:
        return []
    return [folder / name for name in sorted(names, key=os.fsencode)]
