"""The tables of the SQLite store (ledger.md 12).

In: a connection. Out: the same with all tables there, at the version that this build knows.
"""

from __future__ import annotations

import sqlite3

from relayburn.errors import StoreTooNew

_PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL", "busy_timeout=30000")
_STATE = "CREATE TABLE IF NOT EXISTS schema_state (id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL)"
_VERSION_1 = (
    "CREATE TABLE locks (name TEXT PRIMARY KEY, acquired_at_ms INTEGER NOT NULL, pid INTEGER NOT NULL)",
    "CREATE TABLE turns (id_hash TEXT PRIMARY KEY, content_fp TEXT NOT NULL, source TEXT NOT NULL,"
    " session_id TEXT NOT NULL, message_id TEXT NOT NULL, turn_index INTEGER NOT NULL, ts TEXT NOT NULL,"
    " project TEXT, project_key TEXT, record_json TEXT NOT NULL)",
    "CREATE INDEX idx_turns_session ON turns (source, session_id)",
    "CREATE INDEX idx_turns_ts ON turns (ts)",
    "CREATE INDEX idx_turns_session_index ON turns (source, session_id, turn_index)",
    "CREATE INDEX idx_turns_project_key ON turns (project_key)",
    "CREATE TABLE compactions (id_hash TEXT PRIMARY KEY, source TEXT NOT NULL, session_id TEXT NOT NULL,"
    " ts TEXT NOT NULL, record_json TEXT NOT NULL)",
    "CREATE INDEX idx_compactions_session ON compactions (source, session_id)",
    "CREATE INDEX idx_compactions_ts ON compactions (ts)",
    "CREATE TABLE relationships (id_hash TEXT PRIMARY KEY, source TEXT NOT NULL, session_id TEXT NOT NULL,"
    " related_session_id TEXT, ts TEXT, record_json TEXT NOT NULL)",
    "CREATE INDEX idx_relationships_session ON relationships (source, session_id)",
    "CREATE INDEX idx_relationships_related ON relationships (related_session_id)",
    "CREATE TABLE tool_result_events (id_hash TEXT PRIMARY KEY, source TEXT NOT NULL, session_id TEXT NOT NULL,"
    " ts TEXT, record_json TEXT NOT NULL)",
    "CREATE INDEX idx_tool_result_events_session ON tool_result_events (source, session_id)",
    "CREATE INDEX idx_tool_result_events_ts ON tool_result_events (ts)",
    "CREATE TABLE user_turns (id_hash TEXT PRIMARY KEY, source TEXT NOT NULL, session_id TEXT NOT NULL,"
    " ts TEXT NOT NULL, record_json TEXT NOT NULL)",
    "CREATE INDEX idx_user_turns_session ON user_turns (source, session_id)",
    "CREATE INDEX idx_user_turns_ts ON user_turns (ts)",
    "CREATE TABLE stamps (seq INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT NOT NULL, selector_json TEXT NOT NULL,"
    " enrichment_json TEXT NOT NULL, session_id TEXT, message_id TEXT)",
    "CREATE INDEX idx_stamps_session ON stamps (session_id)",
    "CREATE INDEX idx_stamps_message ON stamps (message_id)",
    "CREATE INDEX idx_stamps_ts ON stamps (ts)",
    "CREATE TABLE content (seq INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, session_id TEXT NOT NULL,"
    " message_id TEXT NOT NULL, ts TEXT NOT NULL, content_fp TEXT NOT NULL, record_json TEXT NOT NULL,"
    " mtime_ms INTEGER NOT NULL, UNIQUE (session_id, content_fp))",
    "CREATE INDEX idx_content_session ON content (session_id)",
    "CREATE INDEX idx_content_message ON content (session_id, message_id)",
    "CREATE INDEX idx_content_mtime ON content (mtime_ms)",
)
_MIGRATIONS = (_VERSION_1,)
SCHEMA_VERSION = len(_MIGRATIONS)
"""The version that this build knows."""


def prepare_schema(database: sqlite3.Connection) -> None:
    """Set the pragmas and bring the tables to `SCHEMA_VERSION`, one transaction a version. Raises `StoreTooNew`."""
    for pragma in _PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    database.execute(_STATE)
    while (version := _version(database)) < SCHEMA_VERSION:
        _migrate(database, version)
    if version > SCHEMA_VERSION:
        raise StoreTooNew(
            f"sqlite store is at schema version {version} but this build only knows up to {SCHEMA_VERSION};"
            " please upgrade @relayburn/ledger"
        )


def _version(database: sqlite3.Connection) -> int:
    row = database.execute("SELECT version FROM schema_state WHERE id = 1").fetchone()
    return row[0] if row else 0


def _migrate(database: sqlite3.Connection, version: int) -> None:
    database.execute("BEGIN IMMEDIATE")
    with database:
        # Another process may have been quicker.
        if _version(database) != version:
            return
        for statement in _MIGRATIONS[version]:
            database.execute(statement)
        database.execute("INSERT OR REPLACE INTO schema_state (id, version) VALUES (1, ?)", (version + 1,))
