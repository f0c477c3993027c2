"""A sleep that every signal ends, whenever it comes and to whichever thread.

In: nothing. Out: a `Bell`. Other waits (`waitpid`, an `Event`) sleep on where a signal comes between the last look and the
sleep, or to another thread: what it asks for is then noted only when something else ends them.
"""

from __future__ import annotations

import signal
import socket
from contextlib import suppress
from typing import Self

_MANY = 4096


class Bell:
    """A context manager, in a process's main thread: each signal that is listened for rings it, and so does `ring`."""

    def __init__(self) -> None:
        self._rung, self._ringing = socket.socketpair()
        self._ringing.setblocking(False)

    def ring(self) -> None:
        """End the sleep at hand, or the next one; from any thread."""
        # Where it is full of rings, it has been rung.
        with suppress(BlockingIOError):
            self._ringing.send(b"\0")

    def sleep(self) -> None:
        """Return when it has been rung since the last sleep, perhaps for nothing: look, and sleep again."""
        self._rung.recv(_MANY)

    def __enter__(self) -> Self:
        self._before = signal.set_wakeup_fd(self._ringing.fileno(), warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._before)
        self._ringing.close()
        self._rung.close()
