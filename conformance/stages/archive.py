"""Stages of the archive: scenarios that build it, ask it and show it (archive.md, ledger.md Appendix A).

In: recorded steps. Out: what relayburn.ledger.archive gives, in the recorded form. Where the reference's archive is one file,
`archive.sqlite`, ours is the folder `archive`; here it goes by the recorded name. What is shown of the tables is shown of a
SQLite file that was exported for it.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from conformance.stages.ledger import ledger_query
from conformance.stages.registry import stage
from conformance.stages.scenario import Scene, play, step
from conformance.stages.scenario_steps import ARCHIVE_FILE
from relayburn.ledger import archive
from relayburn.records import to_wire

stage("relayburn.archive")(play)
stage("relayburn.archive.query")(play)

_MTIME = "<mtime>"
_BYTES = "<bytes>"
_NON_NEGATIVE = "<non-negative>"


@step("build_archive")
def build(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return to_wire(archive.build_archive(scene.home, semantics=scene.semantics))


@step("rebuild_archive")
def rebuild(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return to_wire(archive.build_archive(scene.home, full=True, semantics=scene.semantics))


@step("archive_available")
def available(scene: Scene, _recorded: dict[str, Any]) -> bool:
    return archive.archive_available(scene.home, semantics=scene.semantics)


@step("archive_status")
def status(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return archive_status_wire(scene)


def archive_status_wire(scene: Scene) -> dict[str, Any]:
    """How the archive of the scene's home stands, in the recorded form."""
    wire = to_wire(archive.archive_status(scene.home, semantics=scene.semantics))
    wire["archivePath"] = str(scene.home.path / ARCHIVE_FILE)
    for name in ("ledgerMtimeMs", "ledgerMtimeMsCurrent"):
        wire[name] = _masked(wire[name])
    return wire


@step("vacuum_archive")
def vacuum(scene: Scene, _recorded: dict[str, Any]) -> Any:
    wire = to_wire(archive.vacuum_archive(scene.home, semantics=scene.semantics))
    wire["archivePath"] = str(scene.home.path / ARCHIVE_FILE)
    for name in ("beforeBytes", "afterBytes"):
        wire[name] = _BYTES if wire["existed"] else wire[name]
    if wire["reclaimedBytes"] >= 0:
        wire["reclaimedBytes"] = _NON_NEGATIVE
    return wire


@step("query_archive")
def query_all(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    return archive.query_all(scene.home, ledger_query(recorded), semantics=scene.semantics)


@step("query_archive_slim")
def query_turns(scene: Scene, recorded: dict[str, Any]) -> list[Any]:
    return archive.query_turns(scene.home, ledger_query(recorded), semantics=scene.semantics)


@step("dump_archive")
def dump(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any]:
    with _exported(scene) as database:
        dumped = {name: _rows(database, name) for name in _tables(database)}
    for state in dumped["archive_state"]:
        state["ledger_mtime_ms"] = _masked(state["ledger_mtime_ms"])
    return dumped


@step("dump_archive_schema")
def dump_schema(scene: Scene, _recorded: dict[str, Any]) -> dict[str, Any]:
    with _exported(scene) as database:
        named = "SELECT name, tbl_name AS 'table' FROM sqlite_master WHERE type = 'index' AND sql NOTNULL ORDER BY name"
        indexes = [dict(row) for row in database.execute(named)]
        for index in indexes:
            index["columns"] = [row["name"] for row in database.execute(f"PRAGMA index_info({index['name']})")]
        return {
            "tables": {name: _columns(database, name) for name in _tables(database)},
            "indexes": indexes,
            "journal_mode": database.execute("PRAGMA journal_mode").fetchone()[0],
        }


@contextmanager
def _exported(scene: Scene) -> Generator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, ARCHIVE_FILE)
        archive.export_sqlite(scene.home, path, semantics=scene.semantics)
        with closing(sqlite3.connect(path)) as database:
            database.row_factory = sqlite3.Row
            yield database


def _tables(database: sqlite3.Connection) -> list[str]:
    return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]


def _columns(database: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    return [
        {
            "name": column["name"],
            "type": column["type"],
            "notnull": column["notnull"],
            "default": column["dflt_value"],
            "pk": column["pk"],
        }
        for column in database.execute(f"PRAGMA table_info({table})")
    ]


def _rows(database: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    keys = sorted((column["pk"], column["name"]) for column in _columns(database, table) if column["pk"])
    order = ", ".join(name for _, name in keys)
    return [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY {order}")]


def _masked(mtime: int) -> int | str:
    return _MTIME if mtime else 0
