"""Watching session files."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from relayburn.errors import IngestFailed, InvalidInput, RelayburnError
from relayburn.ingest.report import IngestReport
from relayburn.ingest.sources import source_state, watched_folders
from relayburn.ingest.wake_ups import FileEvents, Polling, session_file_events
from relayburn.ingest.watch import WatchLoop
from relayburn.ingest.watch_pass import WatchPass
from relayburn.semantics import CURRENT
from tests.ingest.users import User, answer, append, prompt
from tests.reader.claude_lines import tool_use
from tests.reader.opencode_tree import tokens

PATIENCE_S = 20.0


def eventually(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Never:
    """No wake-ups."""

    def wait(self, stopping: threading.Event) -> None:
        stopping.wait()


def loop(ingest: Callable[[], IngestReport], *, interval_s: float = 0.01, immediate: bool = True) -> WatchLoop:
    reports: list[IngestReport] = []
    errors: list[RelayburnError] = []
    watch = WatchLoop(
        ingest, Polling(interval_s), on_report=reports.append, on_error=errors.append, immediate=immediate
    )
    watch.reports, watch.errors = reports, errors
    return watch


def test_a_pass_is_made_at_once_and_then_each_interval() -> None:
    with loop(IngestReport) as watch:
        eventually(lambda: len(watch.reports) > 3)
    count = len(watch.reports)
    time.sleep(0.05)

    assert len(watch.reports) == count


def test_without_an_immediate_pass_the_first_comes_after_the_interval() -> None:
    watch = loop(IngestReport, interval_s=60, immediate=False)
    with watch:
        time.sleep(0.05)

    assert watch.reports == []


def test_an_error_does_not_end_the_loop() -> None:
    def failing() -> IngestReport:
        raise InvalidInput("no")

    with loop(failing) as watch:
        eventually(lambda: len(watch.errors) > 2)

    assert watch.reports == []


def test_there_are_never_two_passes_at_a_time() -> None:
    running, most, begun = 0, 0, threading.Semaphore(0)

    def slow() -> IngestReport:
        nonlocal running, most
        running += 1
        most = max(most, running)
        begun.release()
        time.sleep(0.02)
        running -= 1
        return IngestReport()

    with loop(slow) as watch:
        others = [threading.Thread(target=watch.tick) for _ in range(5)]
        for other in others:
            other.start()
        for other in others:
            other.join()
        eventually(lambda: len(watch.reports) > 3)

    assert most == 1


def test_a_tick_during_a_pass_waits_for_that_pass() -> None:
    go_on, begun = threading.Event(), threading.Event()

    def held() -> IngestReport:
        begun.set()
        go_on.wait()
        return IngestReport()

    watch = loop(held, interval_s=60)
    watch.start()
    begun.wait()
    second = threading.Thread(target=watch.tick)
    second.start()
    go_on.set()
    second.join()
    watch.stop()

    assert len(watch.reports) == 1


def test_stopping_waits_for_the_pass_that_is_made() -> None:
    begun, done = threading.Event(), threading.Event()

    def slow() -> IngestReport:
        begun.set()
        time.sleep(0.05)
        done.set()
        return IngestReport()

    watch = loop(slow)
    watch.start()
    begun.wait()
    watch.stop()

    assert done.is_set()


def test_a_change_of_a_file_wakes_up(tmp_path: Path) -> None:
    failures: list[str] = []
    stopping = threading.Event()
    events = FileEvents(lambda: [str(tmp_path), str(tmp_path / "missing")], on_failure=failures.append, interval_s=0)
    events.wait(stopping)
    timer = threading.Timer(0.1, lambda: (tmp_path / "new.jsonl").touch())
    timer.start()
    begun = time.monotonic()
    events.wait(stopping)

    assert time.monotonic() - begun < 10
    assert failures == []


def test_without_a_change_there_is_a_pass_from_time_to_time(tmp_path: Path) -> None:
    events = FileEvents(lambda: [str(tmp_path)], on_failure=pytest.fail, interval_s=0, backstop_s=0.2)
    stopping = threading.Event()
    events.wait(stopping)
    begun = time.monotonic()
    events.wait(stopping)

    assert 0.2 <= time.monotonic() - begun < 10


def test_stopping_ends_the_wait(tmp_path: Path) -> None:
    stopping = threading.Event()
    events = FileEvents(lambda: [str(tmp_path)], on_failure=pytest.fail, interval_s=0)
    events.wait(stopping)
    threading.Timer(0.05, stopping.set).start()
    begun = time.monotonic()
    events.wait(stopping)

    assert time.monotonic() - begun < 10


def test_where_the_system_tells_of_no_changes_the_clock_wakes_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_folders: str, **_options: object) -> None:
        raise OSError("no more watches")

    monkeypatch.setattr("watchfiles.watch", refused)
    someone = User(tmp_path)
    someone.claude(prompt("hi"))
    events = session_file_events(someone.home, CURRENT, log=someone.said.append, interval_s=0)
    events.wait(threading.Event())
    events.wait(threading.Event())

    assert someone.said == ["[burn] ingest: file events unavailable (no more watches); polling continues"]


def test_any_change_of_a_source_is_another_state(tmp_path: Path) -> None:
    someone = User(tmp_path)
    states = [source_state(someone.home, CURRENT)]
    path = someone.claude(prompt("hi"))
    states.append(source_state(someone.home, CURRENT))
    append(path, answer("m1"))
    states.append(source_state(someone.home, CURRENT))
    tree = someone.opencode()
    tree.assistant("o1", 1)
    states.append(source_state(someone.home, CURRENT))
    tree.assistant("o1", 1, tokens=tokens(1, 1))
    states.append(source_state(someone.home, CURRENT))

    assert len(set(states)) == 5
    assert source_state(someone.home, CURRENT) == states[-1]
    assert str(tree.root / "message") in watched_folders(someone.home, CURRENT)


def test_a_watch_reads_what_changes_and_forgets_no_gap(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1", content=[tool_use("t1")], stop_reason="tool_use"))
    with WatchPass(someone.home, log=someone.said.append) as ingest:
        first = ingest()
        unchanged = ingest()
        ingest._end_child()
        append(path, answer("m2", content=[tool_use("t2")], stop_reason="tool_use", second=2))
        second = ingest()

    assert [report.appended_turns for report in (first, unchanged, second)] == [1, 0, 1]
    assert unchanged.scanned_sessions == 0
    assert list(someone.outputs()) == ["m1", "m2"]
    assert len(someone.said) == 1


def test_a_watch_says_why_a_pass_failed(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1"))
    someone.home.path.write_text("a file where the home should be")
    with WatchPass(someone.home, log=someone.said.append) as ingest:
        with pytest.raises(IngestFailed, match="cannot write"):
            ingest()
        assert ingest() == IngestReport()


_WATCH = """
import sys, time
from pathlib import Path
from relayburn.ingest.wake_ups import session_file_events
from relayburn.ingest.watch import WatchLoop
from relayburn.ingest.watch_pass import WatchPass
from relayburn.ledger.home import Home
from relayburn.semantics import CURRENT

if __name__ == "__main__":
    home = Home.of_environment({"HOME": sys.argv[1], "RELAYBURN_HOME": sys.argv[2]})
    events = session_file_events(home, CURRENT, log=print)
    with WatchPass(home, log=print) as ingest, WatchLoop(
        ingest, events, on_report=lambda report: print(report.appended_turns, flush=True), on_error=print
    ):
        sys.stdin.readline()
        import watchfiles
        resident_kb = next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]
    print(resident_kb, "duckdb" in sys.modules, "quicktok" in sys.modules, "relayburn.reader" in sys.modules)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident size is asked of /proc")
def test_a_process_that_watches_stays_small(tmp_path: Path) -> None:
    someone = User(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1"))
    script = tmp_path / "watch.py"
    script.write_text(_WATCH)
    command = [sys.executable, "-W", "error", str(script), str(someone.user_home), str(someone.home.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as watch:
        assert watch.stdin is not None
        assert watch.stdout is not None
        assert watch.stdout.readline() == "1\n"
        append(path, answer("m2", second=2))
        while watch.stdout.readline() != "1\n":
            pass
        rest, _ = watch.communicate("stop\n")
    resident_kb, *heavy = rest.splitlines()[-1].split()

    assert heavy == ["False", "False", "False"]
    assert int(resident_kb) < 35_000
    assert list(someone.outputs()) == ["m1", "m2"]
