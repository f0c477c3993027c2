"""Bringing the ledger up to date with the session logs, once or again and again (sdk.md 4; docs/ingest.md).

In: a home. Out: what was found and appended. Warnings go to stderr, unless the caller listens. Waiting is real here, so each
verb has a twin for asyncio.
"""

from __future__ import annotations

import asyncio
import queue
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from functools import partial

from relayburn.errors import RelayburnError
from relayburn.ingest.reading_as_needed import ReadAsNeeded
from relayburn.ingest.report import IngestReport
from relayburn.ingest.sweep import ingest_all, never
from relayburn.ingest.wake_ups import session_file_events
from relayburn.ingest.watch import WakeUps, WatchLoop
from relayburn.ledger.home import Home
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.reading import OnLog
from relayburn.semantics import CURRENT, Semantics


def to_stderr(line: str) -> None:
    """Write `line` to stderr."""
    print(line, file=sys.stderr)


def ingest(
    home: HomeLike = None,
    *,
    log: OnLog = to_stderr,
    stop: Callable[[], bool] = never,
    processes: int = 1,
    semantics: Semantics = CURRENT,
) -> IngestReport:
    """Append what is new in the logs of all harnesses.

    A log that cannot be read is told to `log` and left for the next time. `stop` is asked after each file; a pass that is
    stopped keeps what it has. With more than one of `processes`, others read where there is much to read; a program that
    asks for them keeps its main module importable, as always with such processes. Raises `LockUnavailable`,
    `HomeUnreadable`, `HomeUnwritable`, `UnsupportedStorage`.
    """
    readers = ReadAsNeeded(processes) if processes > 1 else None
    return ingest_all(home_of(home), log=log, stop=stop, readers=readers, semantics=semantics)


async def ingest_async(
    home: HomeLike = None, *, log: OnLog = to_stderr, processes: int = 1, semantics: Semantics = CURRENT
) -> IngestReport:
    """`ingest` in a thread, for callers that wait for other things too; `log` is called from that thread.

    Where it is cancelled, the pass ends after the file at hand and keeps what it has.
    """
    stopping = threading.Event()
    try:
        return await asyncio.to_thread(
            ingest, home, log=log, stop=stopping.is_set, processes=processes, semantics=semantics
        )
    finally:
        stopping.set()


def watch(
    home: HomeLike = None,
    *,
    wake_ups: WakeUps | None = None,
    log: OnLog = to_stderr,
    semantics: Semantics = CURRENT,
) -> Generator[IngestReport]:
    """Ingest now, and again whenever session files change; the report of each pass that found something.

    `wake_ups` say when a pass is due; `Polling(5)` makes one each five seconds, whatever the system tells of changes. Passes
    are made in a thread, which `log` is called from; a pass that fails is told of, and the next one is made all the
    same. Closing the generator ends the pass that is being made after the file at hand.
    """
    found: queue.SimpleQueue[IngestReport] = queue.SimpleQueue()
    with _watching(home_of(home), wake_ups, found.put, log, semantics):
        while True:
            yield found.get()


async def watch_async(
    home: HomeLike = None,
    *,
    wake_ups: WakeUps | None = None,
    log: OnLog = to_stderr,
    semantics: Semantics = CURRENT,
) -> AsyncGenerator[IngestReport]:
    """`watch` for callers that wait for other things too: `async for report in watch_async(): ...`."""
    found: asyncio.Queue[IngestReport] = asyncio.Queue()
    tell = partial(asyncio.get_running_loop().call_soon_threadsafe, found.put_nowait)
    watching = _watching(home_of(home), wake_ups, tell, log, semantics)
    watching.__enter__()
    try:
        while True:
            yield await found.get()
    finally:
        await asyncio.to_thread(watching.__exit__, None, None, None)


@contextmanager
def _watching(
    home: Home,
    wake_ups: WakeUps | None,
    tell: Callable[[IngestReport], object],
    log: OnLog,
    semantics: Semantics,
) -> Generator[None]:
    stopping = threading.Event()

    def hear(report: IngestReport) -> None:
        if not stopping.is_set() and (report.appended_turns or report.failures or report.damaged):
            tell(report)

    def fail(error: RelayburnError) -> None:
        log(f"[burn] ingest: {error}")

    events = wake_ups or session_file_events(home, semantics, log=log)
    one_pass = partial(ingest_all, home, log=log, stop=stopping.is_set, semantics=semantics)
    with WatchLoop(one_pass, events, on_report=hear, on_error=fail):
        try:
            yield
        finally:
            stopping.set()
