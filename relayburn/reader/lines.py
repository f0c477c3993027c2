"""How the bytes of a session log become lines.

In: a path, or the bytes read from it. Out: lines without their ends. Two framings exist and must not be
mixed: the whole-file readers split at LF, CRLF and a lone CR and read a last line that has no end; the incremental
readers know only byte 0x0A and leave an unended tail for the next call (reader-claude.md 3, reader-codex.md).
U+2028, U+0085, VT and FF never end a line.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

from relayburn.errors import LogUnreadable

BadLine = Callable[[bytes], None]
"""Is told of a line that is neither blank nor a JSON object, and so counts for nothing."""


def pass_over(line: bytes) -> None:
    """A `BadLine` to whom it does not matter."""


def whole_file_lines(data: bytes) -> Iterator[bytes]:
    """The lines of a whole file: split at LF, CRLF or a lone CR; a last line without an end is one too."""
    if b"\r" in data:
        # On bytes, unlike on str, splitlines knows only these three ends.
        yield from data.splitlines()
        return
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        yield data[start:end]
        start = end + 1
    if start < len(data):
        yield data[start:]


def complete_lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each line that ends in byte 0x0A as (offset in `data`, line without that byte).

    A CR before it stays part of the line, and a tail without an end is not given: it may still be growing.
    """
    start = 0
    while (end := data.find(b"\n", start)) >= 0:
        yield start, data[start:end]
        start = end + 1


def read_bytes(path: str | Path, start: int = 0) -> bytes:
    """The bytes of the file from offset `start`, empty beyond its end. Raises `LogUnreadable`."""
    try:
        with Path(path).open("rb") as file:
            file.seek(start)
            return file.read()
    except OSError as cause:
        raise LogUnreadable(path, cause) from cause
    except ValueError as cause:
        # A path with a NUL or a lone surrogate can name no file.
        raise LogUnreadable(path, OSError(errno.EINVAL, str(cause))) from cause
