"""Which lines the ledger holds already, by the rules of `exactly_once` (docs/home.md).

In: the ledger and `ledger.lines.idx`, a table of 16-byte rows: the hash of a record line and the ledger byte after it, both
little-endian, in ledger order. Out: whether a record is known. The last row says up to which byte the table is complete;
what follows in the ledger, whoever wrote it, is read when it is asked for, and a ledger that is not the one the table
speaks of is read from its start. All of this happens under the lock `ledger`.
"""

from __future__ import annotations

import os
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from relayburn.errors import HomeUnreadable, HomeUnwritable
from relayburn.ledger.home import Home
from relayburn.ledger.identity import RECORD_KINDS
from relayburn.ledger.lines import json_bytes, known_line
from relayburn.ledger.private_files import append_bytes, make_folder, read_file

Rows = array
"""Rows of the table, one number after the other: the hash of a record line, then the ledger byte after the line."""

_ROW_BYTES = 16
_MARKERS = (b"", b'"semantics":"current",')
_HEADS = {
    f'{{"v":1,"kind":"{kind}",'.encode() + marker + b'"record":': f"{kind}|".encode()
    for kind in RECORD_KINDS
    for marker in _MARKERS
}
_ALL_HEADS = tuple(_HEADS)
_LONGEST_HEAD = max(map(len, _HEADS))
_TAIL_READ = 1 << 16


def line_hash(kind: str, record: bytes) -> int:
    """The hash of a record line, of its kind and the record's JSON text."""
    return _hash(f"{kind}|".encode(), record)


class LineIndex:
    """The record lines of one home's ledger.

    `known` holds their hashes, `covered` the ledger byte up to which all of them are in it.
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.known: set[int] = set()
        self.covered = 0
        self._last_hash: int | None = None
        self._last_end = 0
        self._unstored = no_rows()
        self._loaded = False

    def catch_up(self) -> None:
        """Know the ledger as it is now; a last line that was torn off is ended. Raises `HomeUnreadable`."""
        try:
            with self.home.ledger.open("rb+") as ledger:
                self._catch_up(ledger.fileno())
        except FileNotFoundError:
            self._start_afresh()
        except PermissionError as cause:
            raise HomeUnwritable(self.home.ledger, cause) from cause
        except OSError as cause:
            raise HomeUnreadable(self.home.ledger, cause) from cause

    def add(self, rows: Rows) -> None:
        """Know lines that were just appended to the ledger, in its order, and store all rows that are not yet."""
        self._learn(rows)
        self.covered = max(self.covered, self._last_end)
        self._store()

    def _catch_up(self, ledger: int) -> None:
        if not self._loaded:
            self._load()
        size = os.fstat(ledger).st_size
        if size < self.covered or not self._is_of(ledger):
            self._start_afresh()
        if size == self.covered:
            return
        rows, end, torn = _rows_after(ledger, self.covered)
        if torn:
            os.pwrite(ledger, b"\n", end)
            more, end, _ = _rows_after(ledger, end - torn)
            rows.extend(more)
        self._learn(rows)
        self.covered = end

    def _load(self) -> None:
        data = read_file(self.home.line_index) or b""
        rows = no_rows()
        rows.frombytes(data[: len(data) // _ROW_BYTES * _ROW_BYTES])
        _swap(rows)
        self.known = set(rows[::2])
        if rows:
            self._last_hash, self._last_end = rows[-2], rows[-1]
            self.covered = self._last_end
        self._loaded = True

    def _start_afresh(self) -> None:
        self.known.clear()
        self._unstored = no_rows()
        self.covered = self._last_end = 0
        self._last_hash = None
        self._loaded = True
        with suppress(FileNotFoundError):
            self.home.line_index.unlink()

    def _is_of(self, ledger: int) -> bool:
        """Whether the last line we know stands in the ledger where we know it."""
        if self._last_hash is None:
            return self.covered == 0 or os.pread(ledger, 1, self.covered - 1) == b"\n"
        line = _line_before(ledger, self._last_end)
        return line is not None and _record_hash(line) == self._last_hash

    def _learn(self, rows: Rows) -> None:
        if rows:
            self.known.update(rows[::2])
            self._unstored.extend(rows)
            self._last_hash, self._last_end = rows[-2], rows[-1]

    def _store(self) -> None:
        path = self.home.line_index
        # Another process may have stored some of them. Ends only grow.
        fresh = self._unstored[2 * bisect_right(self._unstored[1::2], _mended_end(path)) :]
        if fresh:
            _swap(fresh)
            append_bytes(path, fresh.tobytes())
        self._unstored = no_rows()


def no_rows() -> Rows:
    """An empty table."""
    return array("Q")


_loaded: dict[str, LineIndex] = {}


def line_index(home: Home) -> LineIndex:
    """This process's index of `home`; asking for another home forgets the first."""
    key = str(home.path)
    index = _loaded.get(key)
    if index is None:
        _loaded.clear()
        index = _loaded[key] = LineIndex(home)
    return index


def forget_line_index() -> None:
    """Let the next question read the table again, as a new process would."""
    _loaded.clear()


def rebuild_line_index(home: Home) -> None:
    """Read the whole ledger anew and store what is in it; to be called under the lock `ledger`."""
    forget_line_index()
    with suppress(FileNotFoundError):
        home.line_index.unlink()
    index = line_index(home)
    index.catch_up()
    index.add(no_rows())


def _rows_after(ledger: int, start: int) -> tuple[Rows, int, int]:
    """The rows of the complete lines from byte `start` on, the byte after them and the length of what is torn off."""
    rows = no_rows()
    end = start
    torn = 0
    with os.fdopen(os.dup(ledger), "rb") as file:
        file.seek(start)
        for line in file:
            if not line.endswith(b"\n"):
                torn = len(line)
                break
            end += len(line)
            for part in _parts(line):
                if (found := _record_hash(part)) is not None:
                    rows.append(found)
                    rows.append(end)
    return rows, end + torn, torn


def _parts(line: bytes) -> Iterator[bytes]:
    if b"\r" in line:
        yield from line.splitlines()
    else:
        yield line[:-1]


def _record_hash(line: bytes) -> int | None:
    """The hash of a line, None where it holds no record."""
    if line.startswith(_ALL_HEADS) and line.endswith(b"}"):
        head = line[: line.index(b'"record":', 0, _LONGEST_HEAD) + 9]
        return _hash(_HEADS[head], line[len(head) : -1])
    known = known_line(line)
    if known is None or "record" not in known:
        return None
    return line_hash(known["kind"], json_bytes(known["record"]))


def _swap(rows: Rows) -> None:
    """From the order of bytes in the file to the machine's, or back."""
    if sys.byteorder == "big":
        rows.byteswap()


def _hash(kind: bytes, record: bytes) -> int:
    return int.from_bytes(sha256(kind + record).digest()[:8], "little")


def _line_before(ledger: int, end: int) -> bytes | None:
    """The line that ends with the byte before `end`, without its end; None where none ends there."""
    length = _TAIL_READ
    while True:
        start = max(end - length, 0)
        data = os.pread(ledger, end - start, start)
        if not data.endswith(b"\n"):
            return None
        stop = len(data) - (2 if data.endswith(b"\r\n") else 1)
        before = max(data.rfind(b"\n", 0, stop), data.rfind(b"\r", 0, stop))
        if before >= 0 or start == 0:
            return data[before + 1 : stop]
        length *= 4


def _mended_end(path: Path) -> int:
    """The ledger byte that the stored table ends at; a last row that was torn off is removed."""
    make_folder(path.parent)
    try:
        with path.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            whole = size // _ROW_BYTES * _ROW_BYTES
            if whole != size:
                file.truncate(whole)
            if not whole:
                return 0
            file.seek(whole - _ROW_BYTES // 2)
            return int.from_bytes(file.read(_ROW_BYTES // 2), "little")
    except FileNotFoundError:
        return 0
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause
