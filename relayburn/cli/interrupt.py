"""Ctrl-C while work is done that should end in order.

In: nothing. Out: something to ask whether it was pressed. Once asks for an end after the piece of work at hand, twice ends
at once.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Self


class Interrupt:
    """A context manager in which the first Ctrl-C is only noted; calling it tells whether there was one.

    Leaving it raises `KeyboardInterrupt` where it was pressed.
    """

    def __init__(self) -> None:
        self._seen = False
        # Other threads are not interrupted, and a process in the background keeps ignoring interrupts.
        is_main = threading.current_thread() is threading.main_thread()
        self._before = signal.getsignal(signal.SIGINT) if is_main else None

    def __call__(self) -> bool:
        return self._seen

    def __enter__(self) -> Self:
        if callable(self._before):
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if callable(self._before):
            signal.signal(signal.SIGINT, self._before)
        if self._seen and kind is None:
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._seen:
            raise KeyboardInterrupt
        self._seen = True
