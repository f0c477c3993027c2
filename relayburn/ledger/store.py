"""Where records lie: in files, or in one SQLite database (ledger.md 12).

In: a home, whose environment names the storage. Out: its `Store`, which all verbs of the ledger stand on.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from relayburn.errors import UnsupportedStorage
from relayburn.jsjson import quote
from relayburn.ledger.file_store import FileStore
from relayburn.ledger.home import Home
from relayburn.ledger.store_protocol import Store

if TYPE_CHECKING:
    from relayburn.ledger.sqlite_store import SqliteStore

VARIABLE = "RELAYBURN_STORAGE"
_NOT_IN_THIS_BUILD = ("postgres", "http")


def storage_kind(home: Home) -> str:
    """What `RELAYBURN_STORAGE` says: file, sqlite, postgres or http. Raises `UnsupportedStorage` for another value."""
    value = home.environ.get(VARIABLE, "file")
    if value not in ("file", "sqlite", *_NOT_IN_THIS_BUILD):
        raise UnsupportedStorage(f"unsupported {VARIABLE}={quote(value)} (expected file, sqlite, postgres, or http)")
    return value


def store_of(home: Home) -> Store:
    """The store of `home`. Raises `UnsupportedStorage`, and for a database `StoreUnusable` or `StoreTooNew`."""
    kind = storage_kind(home)
    if kind in _NOT_IN_THIS_BUILD:
        raise UnsupportedStorage(f"{VARIABLE}={kind} is not supported in this build")
    if kind == "sqlite":
        return _open_database(home)
    return FileStore(home)


_databases: dict[tuple[int, int, str], SqliteStore] = {}


def _open_database(home: Home) -> Store:
    """The database, opened once for each thread that asks for it; a forked child opens its own."""
    from relayburn.ledger.sqlite_store import SqliteStore

    key = os.getpid(), threading.get_ident(), str(home.database)
    store = _databases.get(key)
    if store is None:
        store = _databases[key] = SqliteStore(home)
    return store


def close_databases() -> None:
    """Close what this thread opened, as the end of a process would."""
    for key in [key for key in _databases if key[:2] == (os.getpid(), threading.get_ident())]:
        _databases.pop(key).close()


def require_files(home: Home) -> None:
    """Raise `UnsupportedStorage` unless the ledger lies in files, which the archive is made from."""
    kind = storage_kind(home)
    if kind != "file":
        raise UnsupportedStorage(f"archive operations require {VARIABLE}=file (got {kind})")
