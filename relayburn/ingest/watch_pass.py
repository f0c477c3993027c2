"""A pass that leaves nothing behind in the process that asks for it (design: a watch stays small).

In: a home. Out: an `IngestReport`, made by a child process that ends when nothing happened for a while. Where no session
file changed since the last pass, there is nothing to do and no child is needed. Nothing heavy is imported here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.synchronize import Event
from typing import Self

from relayburn.errors import IngestFailed, RelayburnError
from relayburn.ingest.child_processes import new_pool, obey_parent, outside_of_folder, undisturbed_birth
from relayburn.ingest.gaps import GapWatch, gap_watches, restore_gaps
from relayburn.ingest.report import IngestReport
from relayburn.ingest.sources import source_state
from relayburn.ledger.home import Home
from relayburn.semantics import CURRENT, Semantics

LINGER_S = 20.0
"""How long a child waits for another pass, in seconds."""

_RETRY_S = 30.0
"""How long it takes until a file that failed is tried again without having changed, in seconds."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a child says of its pass: a report, or an error; the lines for stderr; and the gaps seen so far."""

    report: IngestReport | None
    error: str
    lines: list[str]
    gaps: list[GapWatch]


class WatchPass:
    """Makes passes over the session files of `home`; a context manager that ends its child.

    `home` is sent to the child, so its clock must be a function that can be found there by its name.

    `log` takes lines for stderr, after each pass. Calling it raises `IngestFailed` where the pass failed.
    """

    def __init__(self, home: Home, *, log: Callable[[str], None], semantics: Semantics = CURRENT) -> None:
        # A child gets a plain copy: the process's own environment cannot be sent.
        self._home = replace(home, environ=dict(home.environ))
        self._log = log
        self._semantics = semantics
        with outside_of_folder():
            self._stopping: Event = get_context("spawn").Event()
        self._child: ProcessPoolExecutor | None = None
        self._gaps: list[GapWatch] = []
        self._settled: str | None = None
        self._last_pass = -math.inf
        self._retry_at = math.inf

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def __call__(self) -> IngestReport:
        """One pass, if there is a reason for it."""
        state = source_state(self._home, self._semantics)
        now = time.monotonic()
        if state == self._settled and now < self._retry_at:
            if now > self._last_pass + LINGER_S:
                self._end_child()
            return IngestReport()
        self._last_pass = now
        answer = self._ask()
        self._settled = state
        self._retry_at = now + _RETRY_S if answer.report is None or answer.report.failures else math.inf
        self._gaps = answer.gaps
        for line in answer.lines:
            self._log(line)
        if answer.report is None:
            raise IngestFailed(answer.error)
        return answer.report

    def interrupt(self) -> None:
        """Let the pass that is being made end after the file at hand, with its state saved."""
        self._stopping.set()

    def end(self) -> None:
        """End the child, after the pass that it makes."""
        self.interrupt()
        self._end_child()

    def _ask(self) -> _Answer:
        if self._child is None:
            self._child = new_pool(1, _obey, self._stopping)
        try:
            with undisturbed_birth():
                answer = self._child.submit(_make_pass, self._home, self._semantics, self._gaps)
            return answer.result()
        except BrokenProcessPool:
            self._end_child()
            raise IngestFailed("the process that ingests died") from None

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.shutdown()
            self._child = None


_stopping: Event | None = None
"""In a child: set when its parent wants it to end."""


def _obey(stopping: Event) -> None:
    global _stopping
    _stopping = stopping
    obey_parent()


def _make_pass(home: Home, semantics: Semantics, gaps: list[GapWatch]) -> _Answer:
    from relayburn.ingest.sweep import ingest_all

    restore_gaps(gaps)
    lines: list[str] = []
    try:
        report = ingest_all(home, log=lines.append, stop=_is_stopping, semantics=semantics)
    except RelayburnError as error:
        return _Answer(None, str(error), lines, gap_watches())
    return _Answer(report, "", lines, gap_watches())


def _is_stopping() -> bool:
    return _stopping is not None and _stopping.is_set()
