"""Locks between processes (ledger.md 4 and 12).

In: a home and a lock's name. Out: a context in which nobody else holds it, wherever the home's storage keeps its locks. The
reference's protocol is to create `<name>.lock` exclusively and to unlink one that is older than five seconds. Under
`exactly_once` the holder also keeps the file young and lets the system vouch for its life.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from relayburn.ledger.home import Home
from relayburn.ledger.lock_file import PATIENCE, Patience, acquire
from relayburn.ledger.store import store_of
from relayburn.semantics import CURRENT, Semantics

__all__ = ["PATIENCE", "Patience", "acquire", "lock"]


def lock(home: Home, name: str, *, semantics: Semantics = CURRENT) -> AbstractContextManager[None]:
    """Hold the lock `name` of `home`.

    Raises `LockUnavailable` after about eleven seconds, `HomeUnwritable`, `UnsupportedStorage`.
    """
    return store_of(home).lock(name, semantics)
