"""The archive: a read model of the ledger, made of Parquet files and asked with DuckDB (archive.md).

In: a home. Out: turns with filters pushed down to where they lie, counts, and totals, always what the ledger says: build
first, then ask. The ledger stays the source of truth; the archive can be deleted at any time.
"""

from __future__ import annotations

from relayburn.ledger.archive.build import BuildReport, build_archive
from relayburn.ledger.archive.export import ExportReport, export_sqlite
from relayburn.ledger.archive.reading import (
    query_all,
    query_turns,
    read_tool_result_events,
    read_turns,
    read_user_turns,
)
from relayburn.ledger.archive.status import ArchiveStatus, archive_available, archive_status
from relayburn.ledger.archive.vacuum import VacuumReport, vacuum_archive

__all__ = [
    "ArchiveStatus",
    "BuildReport",
    "ExportReport",
    "VacuumReport",
    "archive_available",
    "archive_status",
    "build_archive",
    "export_sqlite",
    "query_all",
    "query_turns",
    "read_tool_result_events",
    "read_turns",
    "read_user_turns",
    "vacuum_archive",
]
