"""Which records the ledger holds already, by the reference's rules (ledger.md 3.2 and 3.3).

In: identity hashes and fingerprints. Out: whether they are known; what is new goes to `ledger.idx` and
`ledger.content.idx`. The files are read once for a process and home; what other processes write meanwhile is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from relayburn.errors import HomeUnreadable
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.private_files import append_bytes, read_file, replace_file
from relayburn.semantics import Semantics
from relayburn.text import trim

FINGERPRINTS_KEPT = 10_000
"""How many content fingerprints the file and a fresh process hold."""


class LedgerIndex:
    """Identities and fingerprints known for one home."""

    def __init__(self, ids: Iterable[str], fingerprints: Sequence[str]) -> None:
        self.ids = set(ids)
        self._ordered = list(fingerprints[-FINGERPRINTS_KEPT:])
        self.fingerprints = set(self._ordered)

    @classmethod
    def read(cls, home: Home) -> LedgerIndex:
        """The index as the files hold it; a file that cannot be read is empty."""
        return cls(_entries(home.index), _entries(home.content_index))

    def add(self, home: Home, ids: Sequence[str], fingerprints: Sequence[str], semantics: Semantics) -> None:
        """Remember what was appended to the ledger, in memory and in the files."""
        self.ids.update(ids)
        self.fingerprints.update(fingerprints)
        with file_lock(home, "ledger-index", semantics):
            if ids:
                append_bytes(home.index, _lines(ids))
            if fingerprints:
                self._add_fingerprints(home, fingerprints)

    def _add_fingerprints(self, home: Home, fingerprints: Sequence[str]) -> None:
        self._ordered += fingerprints
        if len(self._ordered) <= FINGERPRINTS_KEPT:
            append_bytes(home.content_index, _lines(fingerprints))
            return
        # The set keeps what is cut off here, until the next process.
        del self._ordered[:-FINGERPRINTS_KEPT]
        replace_file(home.content_index, [_lines(self._ordered)])


_loaded: dict[str, LedgerIndex] = {}


def ledger_index(home: Home) -> LedgerIndex:
    """This process's index of `home`; asking for another home forgets the first."""
    key = str(home.path)
    index = _loaded.get(key)
    if index is None:
        index = LedgerIndex.read(home)
        keep_index(home, index)
    return index


def keep_index(home: Home, index: LedgerIndex) -> None:
    """Let `index` be what this process knows of `home`."""
    _loaded.clear()
    _loaded[str(home.path)] = index


def forget_index() -> None:
    """Let the next question read the files again, as a new process would."""
    _loaded.clear()


def write_index(home: Home, ids: Sequence[str], fingerprints: Sequence[str], semantics: Semantics) -> None:
    """Put a new index in place of the files and of what is in memory."""
    with file_lock(home, "ledger-index", semantics):
        replace_file(home.index, [_lines(ids)])
        replace_file(home.content_index, [_lines(fingerprints)])
    keep_index(home, LedgerIndex(ids, fingerprints))


def _entries(path: Path) -> list[str]:
    try:
        data = read_file(path) or b""
    except HomeUnreadable:
        return []
    return [entry for line in data.decode(errors="replace").split("\n") if (entry := trim(line))]


def _lines(entries: Iterable[str]) -> bytes:
    return "".join([f"{entry}\n" for entry in entries]).encode()
