"""Locks of the SQLite store: rows of a table (ledger.md 12).

In: a connection and a lock's name. Out: a context in which the row is ours. A row older than five seconds is an orphan's and
is replaced; under `exactly_once` only when its process is gone.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from relayburn.errors import LockUnavailable, StoreUnusable
from relayburn.ledger.home import Home
from relayburn.ledger.lock_file import PATIENCE
from relayburn.semantics import Semantics

_HELD: ContextVar[frozenset[tuple[str, str]]] = ContextVar("held_rows", default=frozenset())


@contextmanager
def row_lock(home: Home, database: sqlite3.Connection, name: str, semantics: Semantics) -> Generator[None]:
    """Hold the lock row `name`. Raises `LockUnavailable`, `StoreUnusable`."""
    key = (str(home.database), name)
    held = _HELD.get()
    if key in held:
        yield
        return
    _acquire(home, database, name, semantics)
    token = _HELD.set(held | {key})
    try:
        yield
    finally:
        _HELD.reset(token)
        database.execute("DELETE FROM locks WHERE name = ?", (name,))


def _acquire(home: Home, database: sqlite3.Connection, name: str, semantics: Semantics) -> None:
    for attempt in range(PATIENCE.attempts):
        try:
            taken = _take(home, database, name, semantics)
        except sqlite3.Error as cause:
            raise StoreUnusable(home.database, cause) from cause
        if taken:
            return
        time.sleep(PATIENCE.delay_s(attempt))
    waited = f"after {PATIENCE.attempts} attempts (~{PATIENCE.total_ms:g}ms)"
    raise LockUnavailable(name, f"could not acquire sqlite lock '{name}' {waited}")


def _take(home: Home, database: sqlite3.Connection, name: str, semantics: Semantics) -> bool:
    now = int(home.clock())
    database.execute("BEGIN IMMEDIATE")
    with database:
        row = database.execute("SELECT acquired_at_ms, pid FROM locks WHERE name = ?", (name,)).fetchone()
        if row is not None and (now - row[0] < PATIENCE.stale_ms or (semantics.exactly_once and _is_alive(row[1]))):
            return False
        database.execute(
            "INSERT OR REPLACE INTO locks (name, acquired_at_ms, pid) VALUES (?, ?, ?)", (name, now, os.getpid())
        )
        return True


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
