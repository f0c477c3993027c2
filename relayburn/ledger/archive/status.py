"""How the archive stands (archive.md 5).

In: a home. Out: whether there is an archive, how far it goes, how far the ledger goes, and how much is in it.
"""

from __future__ import annotations

from msgspec import field

from relayburn.ledger.archive.folder import archive_folder
from relayburn.ledger.archive.manifest import LedgerState, Manifest, load_manifest
from relayburn.ledger.archive.schema_v3 import VERSION
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.store import require_files
from relayburn.ledger.tables import COMPACTIONS, TOOL_RESULT_EVENTS, TURNS, Table
from relayburn.records import UNSET, Record, UnsetType
from relayburn.semantics import CURRENT, Semantics


class RowCounts(Record, kw_only=True):
    """How many rows each table has, replaced ones not counted."""

    sessions: int = 0
    turns: int = 0
    tool_calls: int = 0
    tool_result_events: int = 0
    compactions: int = 0


class LineCounts(Record, kw_only=True):
    """The ledger's lines: all, those that are blank or no JSON, the records read in Python, those of other semantics."""

    total: int = 0
    blank: int = 0
    malformed: int = 0
    odd: int = 0
    foreign: int = 0


class ArchiveStatus(Record, kw_only=True):
    """How the archive stands. Times are ISO texts, or milliseconds since the epoch; sizes are in bytes.

    `fidelity_histogram` counts turns by fidelity class, in order of its names; a turn that names none is `unknown`. What the
    reference does not count, `lines`, is told under `whole_archive` only.
    """

    archive_path: str
    exists: bool
    archive_version: int = VERSION
    ledger_offset_bytes: int = 0
    ledger_mtime_ms: int = 0
    ledger_size_bytes: int = 0
    ledger_mtime_ms_current: int = 0
    up_to_date: bool = False
    last_built_at: str | None = None
    last_rebuild_at: str | None = None
    row_counts: RowCounts = field(default_factory=RowCounts)
    fidelity_histogram: dict[str, int] = field(default_factory=dict)
    lines: LineCounts | UnsetType = UNSET


def archive_available(home: Home, *, semantics: Semantics = CURRENT) -> bool:
    """Whether `home` has an archive. Raises `UnsupportedStorage`, `HomeUnreadable`."""
    require_files(home)
    return load_manifest(archive_folder(home, semantics)) is not None


def archive_status(home: Home, *, semantics: Semantics = CURRENT) -> ArchiveStatus:
    """How the archive of `home` stands. Raises `UnsupportedStorage`, `HomeUnreadable`, `ArchiveUnusable`."""
    require_files(home)
    folder = archive_folder(home, semantics)
    ledger = LedgerState.of(home.ledger)
    manifest = load_manifest(folder)
    status = ArchiveStatus(archive_path=str(folder), exists=manifest is not None)
    if ledger is not None:
        status.ledger_size_bytes = ledger.size
        status.ledger_mtime_ms_current = ledger.mtime_ms
    if manifest is not None:
        _describe(status, manifest)
        if semantics.whole_archive:
            status.up_to_date = manifest.ledger == ledger
            status.lines = _lines(manifest)
        ask(home, lambda snapshot: _count(status, snapshot), semantics=semantics)
    return status


def _describe(status: ArchiveStatus, manifest: Manifest) -> None:
    status.ledger_offset_bytes = manifest.offset
    status.ledger_mtime_ms = manifest.ledger_mtime_ms
    status.up_to_date = manifest.offset == status.ledger_size_bytes
    status.last_built_at = manifest.last_built_at
    status.last_rebuild_at = manifest.last_rebuild_at


def _lines(manifest: Manifest) -> LineCounts:
    segments = manifest.segments
    return LineCounts(
        total=sum(segment.lines for segment in segments),
        blank=sum(segment.blank for segment in segments),
        malformed=sum(segment.malformed for segment in segments),
        odd=sum(segment.odd for segment in segments),
        foreign=sum(segment.foreign for segment in segments),
    )


def _count(status: ArchiveStatus, snapshot: Snapshot) -> None:
    turns = snapshot.newest_rows(TURNS)
    counted = "count(*), count(DISTINCT (source, session_id)), coalesce(sum(len(tool_calls)), 0)"
    ((turn_count, sessions, calls),) = snapshot.rows(f"SELECT {counted} FROM {turns}")
    status.row_counts = RowCounts(
        sessions=sessions,
        turns=turn_count,
        tool_calls=int(calls),
        tool_result_events=_rows(snapshot, TOOL_RESULT_EVENTS),
        compactions=_rows(snapshot, COMPACTIONS),
    )
    named = f"SELECT coalesce(attribution_fidelity, 'unknown') AS class, count(*) FROM {turns}"
    status.fidelity_histogram = dict(snapshot.rows(f"{named} GROUP BY class ORDER BY class"))


def _rows(snapshot: Snapshot, table: Table) -> int:
    ((count,),) = snapshot.rows(f"SELECT count(*) FROM {snapshot.newest_rows(table)}")
    return count
