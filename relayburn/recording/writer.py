"""Appends exchanges to a recording.

In: exchanges. Out: one line each at the end of a file that is never rewritten; several writers, of several
processes, may append to one file at once. A line is whole or, after a kill, torn and the last.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import Self

from relayburn.errors import RecordingError
from relayburn.recording.exchange import LF, RecordedExchange
from relayburn.recording.form import form_of


class RecordingWriter:
    """Appends to the recording at `path`, compressed where its name ends in `.zst`; makes it and its folders.

    A file that ends in a torn line is mended before the first line is appended (docs/recordings.md). Raises
    `RecordingError` where the file cannot be opened or written. May be shared by threads.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._count = 0
        self._form = form_of(self.path)
        self._thread = threading.Lock()
        with self._named_errors():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._fd: int | None = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)

    @property
    def count(self) -> int:
        """How many exchanges this writer has appended."""
        return self._count

    def write(self, exchange: RecordedExchange) -> None:
        """Append `exchange`; when this returns, other processes can read it and a kill cannot lose it.

        Raises `InvalidExchange` where it has no line, and `RecordingError` where the file cannot be written.
        """
        line = exchange.to_line() + LF
        with self._named_errors(), self._turn() as fd:
            _append(fd, self._form.mend(fd) + self._form.pack(line))
            self._count += 1

    def flush(self) -> None:
        """Bring what was written to the disk, where a power cut cannot lose it."""
        with self._named_errors(), self._thread:
            os.fsync(self._open_fd())

    def close(self) -> None:
        """Close the file; closing twice is closing once."""
        with self._thread:
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _turn(self) -> Generator[int]:
        """This writer's turn at the file, which no other writer has until it ends.

        One append of the system is whole by itself as a rule, but a disk that fills, a size limit or a signal
        can leave it short. Only a lock keeps another's line out until the rest is written, and only under
        it is a torn end surely a dead writer's. `flock` rather than `lockf`, because the latter is lost as soon
        as this process closes any other descriptor of the file, as a reader would.
        """
        with self._thread:
            fd = self._open_fd()
            fcntl.flock(fd, fcntl.LOCK_EX)
            try:
                yield fd
            finally:
                fcntl.flock(fd, fcntl.LOCK_UN)

    def _open_fd(self) -> int:
        if self._fd is None:
            raise ValueError("this writer is closed")
        return self._fd

    @contextlib.contextmanager
    def _named_errors(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise RecordingError(self.path, None, None, f"cannot be written: {error.strerror or error}") from error
        except ValueError as error:
            raise RecordingError(self.path, None, None, f"cannot be written: {error}") from error


def _append(fd: int, data: bytes) -> None:
    written = os.write(fd, data)
    while written < len(data):
        written += os.write(fd, data[written:])
