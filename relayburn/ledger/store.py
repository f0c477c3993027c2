"""Where records lie: in files, or in one SQLite database (ledger.md 12).

In: a home, whose environment names the storage. Out: its `Store`, which all verbs of the ledger stand on.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from relayburn.errors import UnsupportedStorage
from relayburn.jsjson import quote
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.semantics import Semantics

if TYPE_CHECKING:
    from relayburn.ledger.batch import Batch
    from relayburn.ledger.sqlite_store import SqliteStore
    from relayburn.ledger.stamps import Stamp

VARIABLE = "RELAYBURN_STORAGE"
_NOT_IN_THIS_BUILD = ("postgres", "http")

Warn = Callable[[str], None]
"""Takes a line for the user, without its end."""

Keep = Callable[[str], bool]
"""Whether the content of a session is to be kept, by its id."""


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What pruning removed: files (or sessions), their bytes, and how many were kept because they can be read again."""

    files_deleted: int = 0
    bytes_freed: int = 0
    skipped_recoverable: int = 0


def is_kept(keep: Keep, session_id: str) -> bool:
    """What the caller's predicate says; one that raises protects nothing (ledger.md 7)."""
    try:
        return keep(session_id)
    except Exception:  # noqa: BLE001 - whatever it raises
        return False


class Store(Protocol):
    """A place for records, stamps and content."""

    def append(self, batches: Sequence[Batch], semantics: Semantics) -> list[int]:
        """Append what is new of each batch; how many lines of each were really written."""
        ...

    def add_stamp(self, stamp: Stamp, spawned: Batch | None, semantics: Semantics) -> None:
        """Append a stamp and, unless it is known, the relationship that it tells of."""
        ...

    def records(self, kind: str, mention: str | None = None) -> Iterator[Wire]:
        """The records of one kind, in the order they were appended; those without the text `mention` may be left out."""
        ...

    def stamps(self) -> list[Stamp]:
        """All stamps, in the order they were written."""
        ...

    def append_content(self, records: Sequence[Wire], warn: Warn, semantics: Semantics) -> None:
        """Append content records that are not there yet; what has an unsafe session id is warned of and dropped."""
        ...

    def read_content(self, session_id: str, message_id: str | None) -> list[Wire]:
        """The content records of a session, or of one message of it."""
        ...

    def list_content(self) -> list[str]:
        """The ids of sessions that have content."""
        ...

    def prune_content(self, older_than_ms: float, keep: Keep | None, semantics: Semantics) -> PruneReport:
        """Remove the content of sessions that nothing was added to for `older_than_ms`."""
        ...

    def lock(self, name: str, semantics: Semantics) -> AbstractContextManager[None]:
        """Hold the lock `name`."""
        ...


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
    from relayburn.ledger.file_store import FileStore

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
