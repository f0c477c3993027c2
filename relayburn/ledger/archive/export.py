"""The archive as one SQLite file in the old archive's form, for tools that know it (archive.md 2 and 4).

In: a home whose archive is up to date, and a path. Out: a file with schema version 3, every row as the reference would
have written it. Records that it refuses are left out and counted.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from relayburn.errors import HomeUnwritable, RecordRefused
from relayburn.jsjson import compact
from relayburn.ledger.archive import schema_v3
from relayburn.ledger.archive.reading import folding_of, record_of_line
from relayburn.ledger.archive.schema_v3 import Row
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.tables import COMPACTIONS, STAMPS, TOOL_RESULT_EVENTS, TURNS, Table
from relayburn.records import Record
from relayburn.semantics import CURRENT, Semantics

_FILE_MODE = 0o600
_WORST_TO_BEST = ("cost-only", "aggregate-only", "partial", "usage-only", "full")


class ExportReport(Record, kw_only=True):
    """What was written where: turns, and the records that the old form has no place for."""

    path: str
    turns: int = 0
    left_out: int = 0


def export_sqlite(home: Home, path: Path, *, semantics: Semantics = CURRENT) -> ExportReport:
    """Write the archive of `home` to the new file `path`. Raises `HomeUnwritable` where something is there, `ArchiveUnusable`."""
    if os.path.lexists(path):
        raise HomeUnwritable(path, FileExistsError(17, "File exists"))
    fresh = path.with_name(f"{path.name}.tmp")
    try:
        fresh.unlink(missing_ok=True)
        fresh.touch(_FILE_MODE)
        with closing(sqlite3.connect(fresh)) as database:
            report = ask(home, lambda snapshot: _Export(snapshot, database, path).run(), semantics=semantics)
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fresh.replace(path)
    except (OSError, sqlite3.Error) as cause:
        with suppress(OSError):
            fresh.unlink()
        raise HomeUnwritable(path, cause if isinstance(cause, OSError) else OSError(str(cause))) from cause
    return report


class _Export:
    """One export: from a snapshot into an empty database."""

    def __init__(self, snapshot: Snapshot, database: sqlite3.Connection, path: Path) -> None:
        self._snapshot = snapshot
        self._database = database
        self._report = ExportReport(path=str(path))

    def run(self) -> ExportReport:
        """Create and fill all tables."""
        self._database.executescript("PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;")
        with self._database:
            for statement in schema_v3.creation_statements():
                self._database.execute(statement)
            self._insert(schema_v3.STAMPS, STAMPS, self._stamp)
            self._insert_turns()
            self._insert(schema_v3.COMPACTIONS, COMPACTIONS, _record(schema_v3.compaction_row))
            self._insert(schema_v3.TOOL_RESULT_EVENTS, TOOL_RESULT_EVENTS, _record(schema_v3.tool_result_event_row))
            self._database.executemany(schema_v3.SESSIONS.insertion, list(_session_rows(self._database)))
            self._database.execute(schema_v3.ARCHIVE_STATE.insertion, self._state())
        return self._report

    def _lines(self, table: Table, *columns: str) -> Iterator[tuple]:
        selected = ", ".join(("line", *columns))
        return self._snapshot.stream(f"SELECT {selected} FROM {self._snapshot.newest_rows(table)} ORDER BY first")

    def _insert(self, into: schema_v3.SqliteTable, table: Table, row: Callable[..., Row]) -> None:
        extra = ("ledger_offset_bytes",) if table is STAMPS else ()
        for found in self._lines(table, *extra):
            try:
                self._database.execute(into.insertion, row(*found))
            except RecordRefused:
                self._report.left_out += 1

    @staticmethod
    def _stamp(line: str, offset: float) -> Row:
        return schema_v3.stamp_row(record_of_line(line), offset)

    def _insert_turns(self) -> None:
        folding = folding_of(self._snapshot)
        for (line,) in self._lines(TURNS):
            record = record_of_line(line)["record"]
            try:
                turn = schema_v3.turn_row(record, folding.of(record))
                calls = schema_v3.tool_call_rows(record)
            except RecordRefused:
                self._report.left_out += 1
                continue
            self._database.execute(schema_v3.TURNS.insertion, turn)
            self._database.executemany(schema_v3.TOOL_CALLS.insertion, calls)
            self._report.turns += 1

    def _state(self) -> Row:
        manifest = self._snapshot.manifest
        times = manifest.last_built_at, manifest.last_rebuild_at
        return 1, manifest.offset, manifest.ledger_mtime_ms, schema_v3.VERSION, *times


def _record(row: Callable[[dict], Row]) -> Callable[[str], Row]:
    return lambda line: row(record_of_line(line)["record"])


_SUMS = """
SELECT source, session_id, MIN(project), MIN(project_key), MIN(ts), MAX(ts), COUNT(*), MIN(workflow_id), MIN(agent_id),
       MIN(parent_subagent_id), COALESCE(MAX(is_sidechain), 0), COUNT(attribution_fidelity),
       SUM(attribution_fidelity = 'full')
FROM turns GROUP BY source, session_id"""


def _session_rows(database: sqlite3.Connection) -> Iterator[Row]:
    """The rows of sessions, summed up from the turns in `database` (archive.md 4.4)."""
    models: dict[tuple[str, str], dict[str, None]] = {}
    classes: dict[tuple[str, str], set[str]] = {}
    met = "SELECT source, session_id, model, attribution_fidelity FROM turns ORDER BY turn_index, rowid"
    for source, session, model, known in database.execute(met):
        models.setdefault((source, session), {})[model] = None
        classes.setdefault((source, session), set()).add(known)
    for row in database.execute(_SUMS).fetchall():
        source, session, project, key, started, ended, turns, workflow, agent, parent, subagent, known, full = row
        worst = next((each for each in _WORST_TO_BEST if each in classes[source, session]), None)
        attributed = None if not known else int(full == known)
        yield (
            *(source, session, project, key, started, ended, turns),
            compact(list(models[source, session])),
            *(workflow, agent, parent, subagent, worst, attributed),
        )
