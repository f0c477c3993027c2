"""Locks that are files: `<home>/<name>.lock` (ledger.md 4).

In: a home and a lock's name. Out: a context in which nobody else holds it. Taking a held lock again in the same chain of
calls costs nothing and releases nothing.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from relayburn.ledger.home import Home
from relayburn.ledger.living_lock import living_lock
from relayburn.ledger.lock_file import PATIENCE, acquire, release
from relayburn.semantics import Semantics

_HELD: ContextVar[frozenset[str]] = ContextVar("held_locks", default=frozenset())
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _HELD.set(frozenset()))


@contextmanager
def file_lock(home: Home, name: str, semantics: Semantics) -> Generator[None]:
    """Hold the lock file `name`. Raises `LockUnavailable` after about eleven seconds, `HomeUnwritable`."""
    path = home.lock_file(name)
    held = _HELD.get()
    key = str(path)
    if key in held:
        yield
        return
    taken = living_lock(home, path, PATIENCE) if semantics.exactly_once else _plain_lock(home, path)
    with taken:
        token = _HELD.set(held | {key})
        try:
            yield
        finally:
            _HELD.reset(token)


@contextmanager
def _plain_lock(home: Home, path: Path) -> Generator[None]:
    acquire(home, path)
    try:
        yield
    finally:
        release(path)
