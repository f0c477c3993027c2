"""What the file system says of a session file: the figures by which a later pass knows whether it changed.

In: a path. Out: `FileState`, its numbers as JavaScript has them (ledger.md 1: `mtimeMs` is a double with a fraction).
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass

from relayburn.errors import LogUnreadable
from relayburn.jsnum import normalize

_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True)
class FileState:
    """One file or folder at one moment: `size` in bytes, `mtime_ms` in milliseconds since the Unix epoch."""

    inode: int | float
    size: int
    mtime_ms: int | float
    is_file: bool


def file_state(path: str) -> FileState:
    """The state of what lies at `path`, links followed. Raises `LogUnreadable`."""
    try:
        found = os.stat(path)  # noqa: PTH116 - thousands of files are asked for, and a Path costs as much again
    except OSError as cause:
        raise LogUnreadable(path, cause) from cause
    except ValueError as cause:
        # A NUL, or a lone surrogate that is no byte of a name.
        raise LogUnreadable(path, OSError(errno.EINVAL, str(cause))) from cause
    return FileState(
        normalize(found.st_ino), found.st_size, milliseconds(found.st_mtime_ns), stat.S_ISREG(found.st_mode)
    )


def milliseconds(ns: int) -> int | float:
    """A time in nanoseconds as JavaScript's `mtimeMs` has it."""
    seconds, rest = divmod(ns, _NS_PER_S)
    return normalize(seconds * 1000 + rest / 1e6)


def figures(path: str) -> bytes:
    """A path and what it was like, to be hashed: other bytes when the file was written to, replaced or removed."""
    try:
        found = os.stat(path)  # noqa: PTH116 - see file_state
    except (OSError, ValueError) as cause:
        return f"{path}\0{cause}\0".encode(errors="surrogateescape")
    return f"{path}\0{found.st_ino} {found.st_size} {found.st_mtime_ns}\0".encode(errors="surrogateescape")
