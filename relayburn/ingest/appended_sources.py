"""Of two processes that read one session file, the one that looked at it earlier must not append later.

In: a home and the paths of session files. Out: `Sources`, which lets records of a file be appended only while nobody else
has appended news of it since it was looked at; else it has to be read again. Under `last_record_wins` the newest record of
an identity counts, so that a slow process would put an older version of a turn in the place of a newer one. The home
keeps a table of counters (`sources.idx`, docs/home.md): how often news of the files of one hash were appended.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Protocol

from relayburn.errors import HomeUnreadable, HomeUnwritable
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.private_files import make_folder
from relayburn.semantics import Semantics

Append = Callable[[], Sequence[int]]
"""Appends the records of one file; how many lines of each batch were really written."""

_SLOTS = 4096
_SLOT_BYTES = 8
_FILE_MODE = 0o600
_LOCK = "sources"


class Sources(Protocol):
    """Who may append records of which file."""

    def look(self, path: str) -> int:
        """To be called before the file at `path` is looked at; what `append` is then told."""
        ...

    def append(self, path: str, looked: int, append: Append) -> bool:
        """Append records of `path`; false, and nothing appended, where others have appended news of it since."""
        ...


def sources_of(home: Home, semantics: Semantics) -> Sources:
    """The sources of `home`. Where the first record of an identity counts, nobody can come too late."""
    return CountedSources(home, semantics) if semantics.last_record_wins else AnySources()


class AnySources:
    """Whoever reads a file may append."""

    def look(self, path: str) -> int:
        """Nothing to remember."""
        return 0

    def append(self, path: str, looked: int, append: Append) -> bool:
        """Append."""
        append()
        return True


class CountedSources:
    """Appends in turn, by the home's counters; those that this object moved do not count."""

    def __init__(self, home: Home, semantics: Semantics) -> None:
        self._home = home
        self._semantics = semantics
        self._own: Counter[int] = Counter()

    def look(self, path: str) -> int:
        """How often others have appended news of files like `path`. Raises `HomeUnreadable`."""
        slot = _slot(path)
        return self._count(slot) - self._own[slot]

    def append(self, path: str, looked: int, append: Append) -> bool:
        """Append, where nobody else has since `looked`. Raises what `append` raises, `LockUnavailable`, `HomeUnwritable`."""
        slot = _slot(path)
        with file_lock(self._home, _LOCK, self._semantics):
            count = self._count(slot)
            if count - self._own[slot] != looked:
                return False
            # Counted first: whoever dies in between has not appended unseen.
            self._store(slot, count + 1)
            if any(append()):
                self._own[slot] += 1
            else:
                self._store(slot, count)
            return True

    def _count(self, slot: int) -> int:
        try:
            with self._home.sources.open("rb", buffering=0) as table:
                return int.from_bytes(os.pread(table.fileno(), _SLOT_BYTES, slot * _SLOT_BYTES), "little")
        except (FileNotFoundError, NotADirectoryError):
            return 0
        except OSError as cause:
            raise HomeUnreadable(self._home.sources, cause) from cause

    def _store(self, slot: int, count: int) -> None:
        path = self._home.sources
        make_folder(path.parent)
        try:
            table = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
            try:
                os.pwrite(table, count.to_bytes(_SLOT_BYTES, "little"), slot * _SLOT_BYTES)
            finally:
                os.close(table)
        except OSError as cause:
            raise HomeUnwritable(path, cause) from cause


def _slot(path: str) -> int:
    return int.from_bytes(blake2b(path.encode(errors="surrogateescape"), digest_size=2).digest()) % _SLOTS
