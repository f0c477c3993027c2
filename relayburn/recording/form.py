"""How lines stand in a file: as they are, or compressed.

In: a path, whose suffix decides. Out: a `Form`, which reads the lines of a file, packs a line for one write,
and says what must be done about a torn end before more is appended.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from relayburn.recording.exchange import LF


class Form(Protocol):
    """One way to keep lines in a file. One value serves one open file."""

    def lines(self, file: BinaryIO) -> Iterator[bytes]:
        """The lines in order, each with its line feed; a torn last line comes without, and may be empty.

        Raises `ValueError` where the bytes are not of this form.
        """
        ...

    def pack(self, line: bytes) -> bytes:
        """The bytes that append `line`, which has its line feed."""
        ...

    def mend(self, fd: int) -> bytes:
        """Make the end of the file fit to append to; gives the bytes that must stand before the next line.

        Called under the lock. Raises `ValueError` where that is not possible without losing a line.
        """
        ...


def form_of(path: Path) -> Form:
    """The form of the file at `path`: compressed where its name ends in `.zst`."""
    if path.suffix == ".zst":
        from relayburn.recording.frames import ZstdFrames

        return ZstdFrames()
    return PlainLines()


class PlainLines:
    """JSON lines as they are."""

    def lines(self, file: BinaryIO) -> Iterator[bytes]:
        return iter(file)

    def pack(self, line: bytes) -> bytes:
        return line

    def mend(self, fd: int) -> bytes:
        """A torn line is ended, not removed: it may be whole but for its line feed."""
        size = os.fstat(fd).st_size
        return LF if size and os.pread(fd, 1, size - 1) != LF else b""
