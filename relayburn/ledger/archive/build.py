"""Building the archive: what is new in the ledger becomes segments, and the manifest tells of them.

In: a home. Out: an archive that says what the ledger says, and a report of what was read (archive.md 4 and 5). Closed
ranges of the ledger are a segment each; the open one grows by small segments, which are merged as they add up. A build
that is killed leaves the old manifest with its files, and the next one does the same work again.

Under `whole_archive` every range's hash is kept, so that a ledger that was rewritten is noticed, and records that the
reference's archive refuses are kept as they are. Under ts-1.10 a build goes on at its byte offset whatever became of the
ledger, and one refused record fails it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from relayburn.jsdate import iso
from relayburn.ledger.archive.database import database
from relayburn.ledger.archive.folder import WORK, archive_folder, remove_strangers
from relayburn.ledger.archive.freshness import is_current
from relayburn.ledger.archive.keeping import kept_segments
from relayburn.ledger.archive.manifest import LedgerState, Manifest, Segment, load_manifest, save_manifest
from relayburn.ledger.archive.ranges import RANGE_BYTES, blocks, by_range, hash_of
from relayburn.ledger.archive.refusals import Refusals
from relayburn.ledger.archive.segments import count_repeats, has_copies, merge_segments, write_segment
from relayburn.ledger.archive.sorting import Sorting
from relayburn.ledger.archive.touched import sessions_touched_by
from relayburn.ledger.home import Home
from relayburn.ledger.lock import lock
from relayburn.ledger.private_files import make_folder
from relayburn.ledger.store import require_files
from relayburn.ledger.tables import COMPACTIONS, STAMPS, TOOL_RESULT_EVENTS, TURNS, Wire
from relayburn.records import Record
from relayburn.semantics import CURRENT, Semantics

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MERGED_WITHIN = 4
"""A segment of the open range is merged with the one before it unless that is more than so many times larger."""


class BuildReport(Record, kw_only=True):
    """What a build read: bytes of lines that parsed, lines of each kind, and sessions whose totals may have changed."""

    scanned_bytes: int = 0
    turns_applied: int = 0
    sessions_touched: int = 0
    stamps_applied: int = 0
    compactions_applied: int = 0
    tool_result_events_applied: int = 0
    rebuilt_from_zero: bool = False


def build_archive(
    home: Home, *, full: bool = False, semantics: Semantics = CURRENT, range_bytes: int = RANGE_BYTES
) -> BuildReport:
    """Bring the archive of `home` up to date; `full` builds it from nothing, whatever is there.

    Takes the lock `archive`, unless there is nothing to do. Raises `UnsupportedStorage`, `LockUnavailable`, `HomeUnreadable`,
    `HomeUnwritable`, `ArchiveUnusable`, and under ts-1.10 `RecordRefused`.
    """
    require_files(home)
    folder = archive_folder(home, semantics)
    if not full and semantics.whole_archive and is_current(home, folder):
        return BuildReport()
    make_folder(folder)
    with lock(home, "archive", semantics=semantics):
        if full:
            return _rebuilt(home, folder, semantics, range_bytes)
        return _Build(home, folder, semantics, range_bytes).go_on(load_manifest(folder) or Manifest())


def _rebuilt(home: Home, folder: Path, semantics: Semantics, range_bytes: int) -> BuildReport:
    report = _Build(home, folder, semantics, range_bytes).go_on(Manifest(last_rebuild_at=iso(home.clock())))
    report.rebuilt_from_zero = True
    return report


class _Build:
    """One build, under the lock. It adds up what is found on the way, in the order of the ledger."""

    def __init__(self, home: Home, folder: Path, semantics: Semantics, range_bytes: int) -> None:
        self._home = home
        self._folder = folder
        self._semantics = semantics
        self._range_bytes = range_bytes
        self._refusals = Refusals()
        self._report = BuildReport()
        self._sessions: set[str] = set()
        self._stamps: list[Wire] = []

    def go_on(self, before: Manifest) -> BuildReport:
        """Add to the archive that `before` tells of what the ledger has beyond it."""
        state = LedgerState.of(self._home.ledger)
        kept = kept_segments(
            before, self._folder, self._home.ledger, state, range_bytes=self._range_bytes, semantics=self._semantics
        )
        manifest = Manifest(
            offset=self._offset(before, kept, state),
            ledger=state,
            ledger_mtime_ms=self._mtime_ms(before, state),
            last_built_at=iso(self._home.clock()),
            last_rebuild_at=before.last_rebuild_at,
        )
        remove_strangers(self._folder, before.files())
        # Tables are written side by side. That more threads share in each costs more than it brings.
        with database(self._folder, self._folder / WORK, threads=1) as connection:
            fresh = self._read_on(connection, manifest, 0 if state is None else state.size)
            self._count_sessions(connection, [*kept, *fresh])
            manifest.repeats = self._repeats(connection, before, kept, fresh)
            manifest.copied = self._copied(connection, before, kept, fresh)
            manifest.segments = self._merged(connection, [*kept, *fresh])
        save_manifest(self._folder, manifest)
        remove_strangers(self._folder, before.files() | manifest.files())
        return self._report

    def _offset(self, before: Manifest, kept: Sequence[Segment], state: LedgerState | None) -> int:
        if self._semantics.whole_archive:
            return kept[-1].end if kept else 0
        return 0 if state is not None and state.size < before.offset else before.offset

    def _mtime_ms(self, before: Manifest, state: LedgerState | None) -> int:
        if state is not None:
            return state.mtime_ms
        return 0 if self._semantics.whole_archive else before.ledger_mtime_ms

    def _read_on(self, connection: DuckDBPyConnection, manifest: Manifest, size: int) -> list[Segment]:
        """The segments of all ranges from the manifest's offset on, which is moved; a range is sorted while DuckDB reads the last.

        Raises `RecordRefused` under ts-1.10.
        """
        fresh: list[Segment] = []
        with ThreadPoolExecutor(1, "sorting") as ahead:
            coming = ahead.submit(self._sort, manifest.offset, 0, size)
            while (sorting := coming.result()) is not None:
                coming = ahead.submit(self._sort, sorting.end, sorting.drift, size)
                segment = write_segment(connection, self._folder, sorting)
                shutil.rmtree(self._work(sorting.start), ignore_errors=True)
                self._add_up(sorting)
                if self._semantics.whole_archive:
                    manifest.offset = sorting.end
                elif sorting.parsed_to is not None:
                    manifest.offset = sorting.parsed_to
                if self._semantics.whole_archive or segment.tables:
                    fresh.append(segment)
        if not self._semantics.whole_archive:
            self._refusals.check()
        return fresh

    def _sort(self, start: int, drift: int, size: int) -> Sorting | None:
        """The lines from byte `start` to the end of its range, sorted; None where there is none before `size`."""
        folder = self._work(start)
        make_folder(folder)
        sorting = Sorting(folder, start, self._semantics, drift)
        for block in blocks(self._home.ledger, start, size, self._range_bytes):
            sorting.take(block)
        return sorting if sorting.end > start else None

    def _work(self, start: int) -> Path:
        return self._folder / WORK / str(start)

    def _add_up(self, sorting: Sorting) -> None:
        report, tables = self._report, sorting.tables
        report.scanned_bytes += sorting.counts.scanned_bytes
        report.turns_applied += tables[TURNS.name].rows
        report.stamps_applied += tables[STAMPS.name].rows
        report.compactions_applied += tables[COMPACTIONS.name].rows
        report.tool_result_events_applied += tables[TOOL_RESULT_EVENTS.name].rows
        self._sessions |= sorting.counts.sessions
        self._stamps += sorting.counts.stamps
        self._refusals.add(sorting.refusals)

    def _count_sessions(self, connection: DuckDBPyConnection, segments: Sequence[Segment]) -> None:
        touched = sessions_touched_by(self._stamps, connection, self._folder, segments)
        self._report.sessions_touched = len(self._sessions | touched)

    def _repeats(
        self, connection: DuckDBPyConnection, before: Manifest, kept: Sequence[Segment], fresh: Sequence[Segment]
    ) -> int:
        if len(kept) < len(before.segments):
            return count_repeats(connection, self._folder, [*kept, *fresh], [])
        return before.repeats + count_repeats(connection, self._folder, fresh, kept)

    def _copied(
        self, connection: DuckDBPyConnection, before: Manifest, kept: Sequence[Segment], fresh: Sequence[Segment]
    ) -> bool:
        if not self._semantics.count_copies_once:
            return False
        if len(kept) < len(before.segments):
            return has_copies(connection, self._folder, [*kept, *fresh], [])
        return before.copied or has_copies(connection, self._folder, fresh, kept)

    def _merged(self, connection: DuckDBPyConnection, segments: Sequence[Segment]) -> list[Segment]:
        """The same rows in fewer segments: one for a closed range, and few for the open one."""
        ranges = by_range(segments, self._range_bytes)
        runs = [run for group, closed in ranges for run in ([group] if closed else _runs(group))]
        return [run[0] if len(run) == 1 else self._merge(connection, run) for run in runs]

    def _merge(self, connection: DuckDBPyConnection, run: Sequence[Segment]) -> Segment:
        whole = hash_of(self._home.ledger, run[0].start, run[-1].end) if self._semantics.whole_archive else None
        joined = whole or sha256("".join(each.sha256 for each in run).encode()).hexdigest()
        return merge_segments(connection, self._folder, run, joined)


def _runs(parts: Sequence[Segment]) -> list[list[Segment]]:
    """Neighbouring parts, in groups to be merged: none is left that is small beside what follows it."""
    runs: list[list[Segment]] = []
    for part in parts:
        runs.append([part])
        while len(runs) > 1 and _size(runs[-2]) <= _MERGED_WITHIN * _size(runs[-1]):
            runs[-2:] = [runs[-2] + runs[-1]]
    return runs


def _size(run: Sequence[Segment]) -> int:
    return run[-1].end - run[0].start
