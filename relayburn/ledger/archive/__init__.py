"""The archive: a read model of the ledger, made of Parquet files and asked with DuckDB (archive.md).

In: a home. Out: turns with filters pushed down to where they lie, counts, and totals, always what the ledger says: build
first, then ask. The ledger stays the source of truth; the archive can be deleted at any time. Nothing is imported before
it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "build": ("BuildReport", "build_archive"),
    "export": ("ExportReport", "export_sqlite"),
    "reading": ("query_all", "query_turns", "read_tool_result_events", "read_turns", "read_user_turns"),
    "status": ("ArchiveStatus", "archive_available", "archive_status"),
    "vacuum": ("VacuumReport", "vacuum_archive"),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
