"""A crowd at work on one home: what each of its processes does until it is told to stop, and how often it did so.

Whatever fails ends it, and is what it answers.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from relayburn.errors import RelayburnError
from relayburn.ingest.report import IngestReport
from relayburn.ingest.sweep import ingest_all
from relayburn.ingest.wake_ups import Polling
from relayburn.ingest.watch import WatchLoop
from relayburn.ingest.watch_pass import WatchPass
from relayburn.ledger.archive import build_archive, query_all, read_turns
from relayburn.ledger.home import Home
from relayburn.ledger.query import query_turns, walk
from relayburn.sdk import hotspots, session_cost, summary


def play(role: str, home: Home, stopping: Event, tell: Connection) -> None:
    """Be `role` in the crowd: say None when it begins, and in the end how often the work was done, or what failed."""
    tell.send(None)
    try:
        tell.send(_ROLES[role](home, stopping))
    except Exception:  # noqa: BLE001 - whatever it is, the test shows it
        tell.send(traceback.format_exc())


def _ingest(home: Home, stopping: Event) -> int:
    return _again_and_again(lambda: ingest_all(home, log=_fail), stopping) + bool(ingest_all(home, log=_fail))


def _watch(home: Home, stopping: Event) -> int:
    passes: list[IngestReport] = []
    errors: list[RelayburnError] = []
    with (
        WatchPass(home, log=_fail) as one_pass,
        WatchLoop(one_pass, Polling(0.02), on_report=passes.append, on_error=errors.append),
    ):
        stopping.wait()
    assert errors == []
    return sum(report.appended_turns > 0 for report in passes)


def _ask(home: Home, stopping: Event) -> int:
    turns = 0

    def ask() -> None:
        nonlocal turns
        found = summary(home, on_log=_fail)
        assert found.turn_count >= turns, f"{found.turn_count} turns after {turns}"
        assert abs(sum(row.cost for row in found.by_model) - found.total_cost) < 1e-6
        turns = found.turn_count
        hotspots(home, on_log=_fail)
        hotspots(home, patterns=["retry-loop", "tool-output-bloat"], on_log=_fail)
        session_cost(home, session="s1", on_log=_fail)

    return _again_and_again(ask, stopping)


def _look(home: Home, stopping: Event) -> int:
    def look() -> None:
        walked = {turn["messageId"] for turn in query_turns(home)}
        build_archive(home, range_bytes=20_000)
        archived = [turn["messageId"] for turn in query_all(home)]
        assert walked <= set(archived), walked - set(archived)
        assert len(set(archived)) == len(archived)
        assert len(read_turns(home)) >= len(walked)
        assert all(line["kind"] for line in walk(home))

    return _again_and_again(look, stopping)


def _again_and_again(work: Callable[[], object], stopping: Event) -> int:
    times = 0
    while not stopping.is_set():
        work()
        times += 1
    return times


def _fail(message: str) -> None:
    raise AssertionError(message)


_ROLES = {"ingest": _ingest, "watch": _watch, "ask": _ask, "look": _look}
