"""What `burn state` prints for people (cli.md 13).

In: reports of the verbs. Out: lines, without line ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relayburn.cli.formats import bytes_text, counted
from relayburn.ingest.missing_content import ContentReport
from relayburn.jsnum import locale_text
from relayburn.ledger.archive import ArchiveStatus, BuildReport, VacuumReport
from relayburn.ledger.home import Home
from relayburn.ledger.rebuild import IndexReport
from relayburn.ledger.reclassify import ReclassifyReport
from relayburn.ledger.reset import ResetTarget
from relayburn.ledger.status import HomeStatus, IndexStatus
from relayburn.ledger.store_protocol import PruneReport


def status_lines(status: HomeStatus, archive: ArchiveStatus) -> Iterator[str]:
    """The state of a home and its archive."""
    yield "derived state:"
    yield "index:"
    yield f"  id index: {_index(status.ids, 'hashes')}"
    yield f"  content index: {_index(status.fingerprints, 'fingerprints')}"
    content, turns = status.content, status.classifier
    yield "content:"
    yield f"  path: {content.path}" if content.exists else f"  status: not built yet at {content.path}"
    yield (
        f"  sidecars: {locale_text(content.files)} files, {locale_text(content.sessions)} non-empty sessions, "
        f"{locale_text(content.bytes)} bytes"
    )
    yield f"  user turns: {locale_text(content.user_turns)} ledger rows"
    yield "classifier:"
    missing = f"{locale_text(turns.missing)} missing" if turns.missing else "complete"
    yield f"  turns: {locale_text(turns.classified)} classified / {locale_text(turns.turns)} total ({missing})"
    yield from _archive_lines(archive)


def _index(index: IndexStatus, entries: str) -> str:
    if not index.exists:
        return f"missing at {index.path}"
    return f"{locale_text(index.entries)} {entries}, {locale_text(index.bytes)} bytes at {index.path}"


def _archive_lines(archive: ArchiveStatus) -> Iterator[str]:
    yield f"archive: {archive.archive_path}"
    if not archive.exists:
        yield "  status: not built yet - run `burn state rebuild archive`"
        return
    rows = archive.row_counts
    yield f"  schema version: {archive.archive_version}"
    yield (
        f"  ledger cursor: {locale_text(archive.ledger_offset_bytes)} / {locale_text(archive.ledger_size_bytes)} bytes "
        f"({'up to date' if archive.up_to_date else 'tail pending'})"
    )
    if archive.last_built_at:
        yield f"  last build: {archive.last_built_at}"
    if archive.last_rebuild_at:
        yield f"  last full rebuild: {archive.last_rebuild_at}"
    yield "  rows:"
    yield f"    sessions:           {locale_text(rows.sessions)}"
    yield f"    turns:              {locale_text(rows.turns)}"
    yield f"    tool_calls:         {locale_text(rows.tool_calls)}"
    yield f"    tool_result_events: {locale_text(rows.tool_result_events)}"
    yield f"    compactions:        {locale_text(rows.compactions)}"


def index_text(report: IndexReport) -> str:
    """The entries of a new index."""
    return f"{locale_text(report.ids)} id hashes, {locale_text(report.content)} content fingerprints"


def reclassified_lines(report: ReclassifyReport) -> Iterator[str]:
    """How many turns were judged again, and what became of them."""
    yield (
        f"reclassified {locale_text(report.processed)} of {locale_text(report.scanned)} turns "
        f"({locale_text(report.skipped)} skipped, already classified)"
    )
    unchanged = report.processed - report.changed
    yield (
        f"  {locale_text(report.changed)} ended up with a different activity label, {locale_text(unchanged)} unchanged"
    )
    for category, count in sorted(report.changed_by_category.items(), key=lambda item: -item[1]):
        yield f"    -> {category}: {locale_text(count)}"


def content_text(report: ContentReport) -> str:
    """What was read again."""
    return (
        f"reingested derived content for {locale_text(report.reingested_sessions)} sessions "
        f"({locale_text(report.scanned_files)} files scanned, {locale_text(report.skipped_existing)} already complete, "
        f"{locale_text(report.appended_content)} records appended, "
        f"{locale_text(report.appended_user_turns)} user turns appended, {locale_text(report.failed)} failed)"
    )


def build_lines(report: BuildReport, *, title: str) -> Iterator[str]:
    """What a build of the archive read."""
    yield title
    parts = (
        f"{counted(report.turns_applied, 'turn')} applied",
        f"{counted(report.sessions_touched, 'session')} touched",
        counted(report.stamps_applied, "stamp"),
        counted(report.compactions_applied, "compaction"),
        counted(report.tool_result_events_applied, "tool-result event"),
    )
    yield f"  {', '.join(parts)}"
    yield f"  {locale_text(report.scanned_bytes)} bytes scanned from ledger tail"


def vacuum_text(report: VacuumReport) -> str:
    """How much smaller the archive became."""
    if not report.existed:
        return f"archive: no archive at {report.archive_path} - run `burn state rebuild archive` first"
    before, after, reclaimed = (
        bytes_text(size, unit="B") for size in (report.before_bytes, report.after_bytes, report.reclaimed_bytes)
    )
    return f"archive: vacuumed {before} -> {after} (reclaimed {reclaimed})"


def pruned_lines(report: PruneReport) -> Iterator[str]:
    """What pruning removed, and what it kept."""
    yield f"pruned {counted(report.files_deleted, 'content file')} ({bytes_text(report.bytes_freed, unit='bytes')})"
    kept = report.skipped_recoverable
    if kept:
        yield f"kept {counted(kept, 'recoverable sidecar')} whose source files still exist"
        yield "  (use 'burn state prune --force' to delete them anyway)"


def reset_lines(home: Home, targets: Sequence[ResetTarget], *, title: str) -> Iterator[str]:
    """The files and folders of a reset, under the title."""
    yield f"{title} {home.path}"
    for target in targets:
        label = "dir " if target.kind == "dir" else "file"
        yield f"  {label} {target.path}: {_held(target) if target.existed else 'already absent'}"


def total_text(targets: Sequence[ResetTarget]) -> tuple[str, str]:
    """How many files, and of what size, all targets hold."""
    files = sum(target.files_removed for target in targets)
    return counted(files, "file"), bytes_text(sum(target.bytes for target in targets), unit="bytes")


def _held(target: ResetTarget) -> str:
    return f"{counted(target.files_removed, 'file')}, {bytes_text(target.bytes, unit='bytes')}"
