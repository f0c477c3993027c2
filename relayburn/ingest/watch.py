"""Ingesting again and again, when something changed or time has passed (ingest.md 9).

In: what a pass is, and what wakes the loop up. Out: a `WatchLoop` at work in a thread of its own. There are never two
passes at a time, and an error of one does not end the loop. This module knows nothing of how a pass is made, so that a
process that only watches stays small.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol, Self

from relayburn.errors import RelayburnError
from relayburn.ingest.report import IngestReport

Pass = Callable[[], IngestReport]
"""One pass over the session files. Raises `RelayburnError`."""


class WakeUps(Protocol):
    """What a loop waits for between passes."""

    def wait(self, stopping: threading.Event) -> None:
        """Return when a pass is due, or soon after `stopping` is set."""
        ...


class WatchLoop:
    """Makes a pass whenever `wake_ups` say so, and at once where `immediate`; a context manager that stops at its end.

    `on_report` takes the report of each pass, `on_error` the error of one that failed or that `on_report` raised.
    """

    def __init__(
        self,
        ingest: Pass,
        wake_ups: WakeUps,
        *,
        on_report: Callable[[IngestReport], None],
        on_error: Callable[[RelayburnError], None],
        immediate: bool = True,
    ) -> None:
        self._ingest = ingest
        self._wake_ups = wake_ups
        self._on_report = on_report
        self._on_error = on_error
        self._immediate = immediate
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._running: threading.Event | None = None
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to wait for wake-ups."""
        self._thread.start()

    def tick(self) -> None:
        """Make a pass now; where one is being made, wait for that one instead."""
        with self._guard:
            running = self._running
            if running is None:
                mine = self._running = threading.Event()
        if running is not None:
            running.wait()
            return
        try:
            self._on_report(self._ingest())
        except RelayburnError as error:
            self._on_error(error)
        finally:
            with self._guard:
                self._running = None
            mine.set()

    def stop(self) -> None:
        """Wait for no more wake-ups, and for the pass that is being made."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        running = self._running
        if running is not None:
            running.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        if self._immediate:
            self.tick()
        while not self._stopping.is_set():
            self._wake_ups.wait(self._stopping)
            if not self._stopping.is_set():
                self.tick()
