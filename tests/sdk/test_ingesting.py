"""Ingesting from Python: once, again and again, and while others wait."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import relayburn
from relayburn import Ledger
from relayburn.ingest.wake_ups import Polling
from relayburn.sdk import ingest, watch
from tests.ingest.users import User, answer, append, prompt

_SOON = Polling(0.02)


@pytest.fixture
def someone(tmp_path: Path) -> User:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1"))
    return someone


def test_a_pass_that_is_stopped_keeps_what_it_has(someone: User) -> None:
    someone.claude(prompt("hi", sessionId="later"), answer("m2", sessionId="later"), session="later")

    stopped = ingest(someone.home, log=someone.said.append, stop=lambda: True)

    assert (stopped.stopped, stopped.appended_turns) == (True, 1)
    assert ingest(someone.home, log=someone.said.append).appended_turns == 1


def test_a_watch_reports_each_pass_that_found_something(someone: User) -> None:
    reports = watch(someone.home, wake_ups=_SOON, log=someone.said.append)

    first = next(reports)
    append(someone.user_home / ".claude/projects/-work-shop" / f"{someone.turns()[0]['sessionId']}.jsonl", answer("m2"))
    second = next(reports)
    reports.close()

    assert [report.appended_turns for report in (first, second)] == [1, 1]
    assert sorted(someone.outputs()) == ["m1", "m2"]


def test_a_watch_goes_on_after_a_pass_that_failed(someone: User) -> None:
    someone.home.path.write_text("a file where the home should be")
    reports = Ledger(someone.home).watch(wake_ups=_SOON, log=someone.said.append)

    async def found() -> None:
        while not someone.said:
            await asyncio.sleep(0.01)
        someone.home.path.unlink()

    async def both() -> int:
        clearing = asyncio.create_task(found())
        report = await asyncio.to_thread(lambda: next(reports))
        await clearing
        return report.appended_turns

    assert asyncio.run(both()) == 1
    reports.close()
    assert someone.said[0].startswith("[burn] ingest: cannot ")


def test_asyncio_waits_for_passes_while_others_work(someone: User) -> None:
    async def first_report() -> tuple[int, int]:
        once = await relayburn.ingest_async(someone.home, log=someone.said.append)
        path = next((someone.user_home / ".claude/projects/-work-shop").iterdir())
        append(path, answer("m2", second=2))
        reports = Ledger(someone.home).watch_async(wake_ups=_SOON, log=someone.said.append)
        async for report in reports:
            await reports.aclose()
            return once.appended_turns, report.appended_turns
        raise AssertionError

    assert asyncio.run(first_report()) == (1, 1)


def test_a_watch_that_is_cancelled_ends(someone: User) -> None:
    async def cancelled() -> None:
        async def forever() -> None:
            async for _ in relayburn.watch_async(someone.home, wake_ups=_SOON, log=someone.said.append):
                pass

        watching = asyncio.create_task(forever())
        while not someone.home.ledger.exists():
            await asyncio.sleep(0.01)
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching

    asyncio.run(asyncio.wait_for(cancelled(), 20))
    assert list(someone.outputs()) == ["m1"]
