"""The SQLite store: everything a home keeps of sessions, in one database (ledger.md 12).

In and out: what `Store` says. Under `last_record_wins` the newer record of an identity replaces the older one's row, in its
place; under `exactly_once` no fingerprint keeps a turn out.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from relayburn.errors import HomeUnwritable, InvalidInput, StoreUnusable
from relayburn.ledger.batch import Batch, SessionContent
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire, fingerprint, text_hash
from relayburn.ledger.index import FINGERPRINTS_KEPT
from relayburn.ledger.lines import json_bytes, parse_line
from relayburn.ledger.private_files import make_folder
from relayburn.ledger.session_names import require_safe, storable
from relayburn.ledger.sqlite_lock import row_lock
from relayburn.ledger.sqlite_schema import prepare_schema
from relayburn.ledger.stamp import Stamp, in_order
from relayburn.ledger.store_protocol import Keep, PruneReport, Warn, is_kept
from relayburn.semantics import Semantics
from relayburn.text import well_formed

_FILE_MODE = 0o600

# Table, and its columns after id_hash with the record's keys; a column with `?` may be null.
_TABLES: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "turn": (
        "turns",
        (
            *(("source", "source"), ("session_id", "sessionId"), ("message_id", "messageId")),
            *(("turn_index", "turnIndex"), ("ts", "ts"), ("project?", "project"), ("project_key?", "projectKey")),
        ),
    ),
    "compaction": ("compactions", (("source", "source"), ("session_id", "sessionId"), ("ts", "ts"))),
    "relationship": (
        "relationships",
        (
            *(("source", "source"), ("session_id", "sessionId")),
            *(("related_session_id?", "relatedSessionId"), ("ts?", "ts")),
        ),
    ),
    "tool_result_event": ("tool_result_events", (("source", "source"), ("session_id", "sessionId"), ("ts?", "ts"))),
    "user_turn": ("user_turns", (("source", "source"), ("session_id", "sessionId"), ("ts", "ts"))),
}


class SqliteStore:
    """The database of one home, open until `close`."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._path = home.database
        self._database = _opened(self._path)

    def close(self) -> None:
        """Give the database back."""
        self._database.close()

    def append(self, batches: Sequence[Batch], semantics: Semantics) -> list[int]:
        """Append what is new of each batch."""
        with self._transaction():
            return [self._append(batch, semantics) for batch in batches]

    def add_stamp(self, stamp: Stamp, spawned: Batch | None, semantics: Semantics) -> None:
        """Append a stamp, and the relationship it tells of in the same transaction."""
        selector, enrichment = _json(dict(stamp.selector)), _json(dict(stamp.enrichment))
        session, message = (_text_or_none(stamp.selector.get(name)) for name in ("sessionId", "messageId"))
        with self._transaction():
            self._database.execute(
                "INSERT INTO stamps (ts, selector_json, enrichment_json, session_id, message_id) VALUES (?, ?, ?, ?, ?)",
                (stamp.ts, selector, enrichment, session, message),
            )
            if spawned is not None:
                self._append(spawned, semantics)

    def records(self, kind: str, mention: str | None = None) -> Iterator[Wire]:
        """The records of one kind, in the order they were inserted."""
        table, _ = _TABLES[kind]
        for (text,) in self._read(f"SELECT record_json FROM {table} ORDER BY rowid"):
            yield parse_line(text.encode())

    def stamps(self) -> list[Stamp]:
        """All stamps by time, then by the order they were inserted."""
        rows = self._read("SELECT ts, selector_json, enrichment_json FROM stamps ORDER BY seq")
        lines = [{"ts": ts, "selector": _value(selector), "enrichment": _value(said)} for ts, selector, said in rows]
        return in_order([Stamp.of_line(line) for line in lines])

    def append_content(self, contents: Sequence[SessionContent], warn: Warn, semantics: Semantics) -> None:
        """Append content records that are not there yet."""
        safe = storable(contents, warn)
        if not safe:
            return
        now = int(self._home.clock())
        with self._transaction():
            for line in chain.from_iterable(content.lines for content in safe):
                text, record = line.decode(), parse_line(line)
                values = [_required(record, name) for name in ("source", "sessionId", "messageId", "ts")]
                self._database.execute(
                    "INSERT OR IGNORE INTO content (source, session_id, message_id, ts, content_fp, record_json,"
                    " mtime_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*values, text_hash(text), text, now),
                )

    def read_content(self, session_id: str, message_id: str | None) -> list[Wire]:
        """The content records of a session, or of one message of it."""
        require_safe(session_id)
        query = "SELECT record_json FROM content WHERE session_id = ?"
        values = [session_id]
        if message_id:
            query += " AND message_id = ?"
            values.append(message_id)
        return [parse_line(text.encode()) for (text,) in self._read(f"{query} ORDER BY seq", values)]

    def list_content(self) -> list[str]:
        """The ids of sessions that have content."""
        return [session for (session,) in self._read("SELECT DISTINCT session_id FROM content ORDER BY session_id")]

    def prune_content(self, older_than_ms: float, keep: Keep | None, semantics: Semantics) -> PruneReport:
        """Remove the content of sessions whose newest record is old enough. Bytes are counted as characters."""
        cutoff_ms = self._home.clock() - older_than_ms
        deleted = freed = recoverable = 0
        with self._transaction():
            rows = self._read(
                "SELECT session_id, SUM(LENGTH(record_json)) FROM content GROUP BY session_id"
                " HAVING MAX(mtime_ms) <= ? ORDER BY session_id",
                [cutoff_ms],
            )
            for session_id, size in rows:
                if keep is not None and is_kept(keep, session_id):
                    recoverable += 1
                    continue
                self._database.execute("DELETE FROM content WHERE session_id = ?", (session_id,))
                deleted += 1
                freed += size
        return PruneReport(deleted, freed, recoverable)

    def lock(self, name: str, semantics: Semantics) -> AbstractContextManager[None]:
        """Hold the lock row `name`."""
        return row_lock(self._home, self._database, name, semantics)

    def _append(self, batch: Batch, semantics: Semantics) -> int:
        known = self._newest_fingerprints() if batch.kind == "turn" and not semantics.exactly_once else frozenset()
        statement = _insertion(batch.kind, semantics)
        written = 0
        for identity, text in zip(batch.ids, batch.texts, strict=True):
            record = parse_line(text)
            row = _row(batch.kind, record)
            if batch.kind == "turn":
                content = fingerprint(record)
                if content in known:
                    continue
                row.insert(0, content)
            written += self._database.execute(statement, (identity, *row, text.decode())).rowcount
        return written

    def _newest_fingerprints(self) -> frozenset[str]:
        rows = self._read("SELECT content_fp FROM turns ORDER BY rowid DESC LIMIT ?", [FINGERPRINTS_KEPT])
        return frozenset(content for (content,) in rows)

    def _read(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as cause:
            raise StoreUnusable(self._path, cause) from cause

    @contextmanager
    def _transaction(self) -> Generator[None]:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            with self._database:
                yield
        except sqlite3.Error as cause:
            raise StoreUnusable(self._path, cause) from cause


def _opened(path: Path) -> sqlite3.Connection:
    make_folder(path.parent)
    try:
        # The database must not be readable by others, not even for the moment in which it is made.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE))
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause
    database = sqlite3.connect(path, isolation_level=None)
    try:
        prepare_schema(database)
    except BaseException as error:
        database.close()
        if isinstance(error, sqlite3.Error):
            raise StoreUnusable(path, error) from error
        raise
    return database


def _insertion(kind: str, semantics: Semantics) -> str:
    table, columns = _TABLES[kind]
    names = [name.rstrip("?") for name, _ in columns]
    names = ["id_hash", *(["content_fp"] if kind == "turn" else []), *names, "record_json"]
    places = ", ".join("?" * len(names))
    if not semantics.last_record_wins:
        return f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({places})"
    updates = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
        f" ON CONFLICT (id_hash) DO UPDATE SET {updates} WHERE record_json <> excluded.record_json"
    )


def _row(kind: str, record: Wire) -> list[Any]:
    _, columns = _TABLES[kind]
    return [_bound(record.get(key)) if name.endswith("?") else _required(record, key) for name, key in columns]


def _required(record: Wire, key: str) -> Any:
    value = _bound(record.get(key))
    if value is None:
        raise InvalidInput(f"a record without {key} cannot be stored")
    return value


def _bound(value: Any) -> Any:
    """A value as a column takes it."""
    if isinstance(value, dict | list):
        raise InvalidInput(f"a {type(value).__name__} cannot be stored in a column")
    return well_formed(value) if isinstance(value, str) else value


def _text_or_none(value: Any) -> str | None:
    return well_formed(value) if isinstance(value, str) else None


def _json(value: Any) -> str:
    return json_bytes(value).decode()


def _value(text: str) -> Any:
    try:
        return parse_line(text.encode())
    except ValueError:
        return None
