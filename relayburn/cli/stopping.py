"""Signals that ask a command to end in order: what it does is finished and its state saved (cli.md 12).

In: nothing. Out: something to ask, or to wait for, and which signal it was. The first one asks, a second one does what it
would have done if nobody had listened.
"""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Self

from relayburn.cli.bell import Bell

_NUMBERS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """A context manager that listens for Ctrl-C and SIGTERM, in a process's main thread; calling it tells whether one came."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._before = {number: signal.getsignal(number) or signal.SIG_DFL for number in _NUMBERS}

    def __call__(self) -> bool:
        return self.number is not None

    def wait(self) -> None:
        """Return when a signal has come."""
        with Bell() as bell:
            while not self():
                bell.sleep()

    @property
    def exit_code(self) -> int:
        """That of a command which ends because of the signal; 0 where none came."""
        return 0 if self.number is None else 128 + self.number

    def __enter__(self) -> Self:
        for number in _NUMBERS:
            # What was started in the background ignores interrupts, and keeps to that.
            if self._before[number] is not signal.SIG_IGN:
                signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, before in self._before.items():
            if signal.getsignal(number) == self._note:
                signal.signal(number, before)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if not self():
            self.number = number
            return
        signal.signal(number, self._before[signal.Signals(number)])
        os.kill(os.getpid(), number)
