"""Files and folders of a home, made so that only their owner can read them.

In: paths and bytes. Out: what we create is 0700 (folders) or 0600 (files); what exists keeps its mode. A file that is
replaced is written beside its place, flushed to disk and renamed, so that a reader finds the old one or the new one.
Raises `HomeUnwritable` where the system refuses (ledger.md 2).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from relayburn.errors import HomeUnreadable, HomeUnwritable

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600


def make_folder(folder: Path) -> None:
    """Create `folder` and those above it where they are missing."""
    try:
        folder.mkdir(_FOLDER_MODE)
    except FileExistsError as cause:
        if not folder.is_dir():
            raise HomeUnwritable(folder, cause) from cause
    except FileNotFoundError:
        if folder.parent == folder:
            raise HomeUnwritable(folder, FileNotFoundError(2, "No such file or directory")) from None
        make_folder(folder.parent)
        make_folder(folder)
    except OSError as cause:
        raise HomeUnwritable(folder, cause) from cause


def append_bytes(path: Path, data: bytes) -> int:
    """Append `data` with a single write, creating the file where it is missing; the file's size afterwards.

    Where the disk is full, what was written of it is taken back.
    """
    make_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause
    try:
        return _append(descriptor, path, data)
    finally:
        os.close(descriptor)


def _append(descriptor: int, path: Path, data: bytes) -> int:
    written = 0
    view = memoryview(data)
    try:
        while written < len(data):
            written += os.write(descriptor, view[written:])
        return os.fstat(descriptor).st_size
    except OSError as cause:
        if written:
            os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
        raise HomeUnwritable(path, cause) from cause


def replace_file(path: Path, chunks: Iterable[bytes]) -> None:
    """Put a file made of `chunks` at `path`, at once: through `<name>.tmp`, flushed to disk, and a rename."""
    make_folder(path.parent)
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            with suppress(FileNotFoundError):
                os.fchmod(descriptor, stat.S_IMODE(path.stat().st_mode))
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(descriptor)
        temporary.replace(path)
    except OSError as cause:
        with suppress(OSError):
            temporary.unlink()
        raise HomeUnwritable(path, cause) from cause


def write_file(path: Path, data: bytes) -> None:
    """Write `data` to the file at `path`, in place."""
    make_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, _FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause


def sync_file(path: Path) -> None:
    """Have the file's bytes on disk before this returns; a missing file is fine."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_file(path: Path) -> bytes | None:
    """The bytes of a file, None where there is none. Raises `HomeUnreadable`."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as cause:
        raise HomeUnreadable(path, cause) from cause
