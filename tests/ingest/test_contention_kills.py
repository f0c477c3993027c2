"""Passes and builds that are killed while sessions grow: afterwards every record is there once, and the archive is true."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relayburn.ledger.archive import build_archive, query_all
from relayburn.ledger.home import Home
from relayburn.ledger.query import (
    query_compactions,
    query_relationships,
    query_tool_result_events,
    query_turns,
    query_user_turns,
)
from tests.archive.ledgers import archived
from tests.ingest.killing import Killing, kill_at_step, kills, steps_of
from tests.ingest.users import CODEX_SESSION, User, answer, append, prompt
from tests.ingest.work_to_kill import SMALL, build, ingest, ingest_and_build
from tests.reader.claude_lines import tool_result, tool_use, user
from tests.reader.codex_lines import complete, log, meta, output, started, used
from tests.reader.opencode_tree import step_finish, text, tokens

SESSIONS = 6
QUESTIONS = (query_turns, query_user_turns, query_compactions, query_relationships, query_tool_result_events)


class GrowingUser(User):
    """Somebody whose sessions of three harnesses go on."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.round = 0
        self._logs = [self.claude(prompt("hi", f"u{n}", sessionId=f"s{n}"), session=f"s{n}") for n in range(SESSIONS)]
        self._rollout = self.codex(meta(CODEX_SESSION))
        self._tree = self.opencode()

    def go_on(self) -> None:
        """Let three Claude sessions, the Codex and the OpenCode session go on by a turn or two."""
        self.round += 1
        for number in range(self.round % 2, SESSIONS, 2):
            append(self._logs[number], *_exchange(f"s{number}", self.round))
        append(self._rollout, log(*_task(self.round)))
        self._tree.user(f"u{self.round}", 2 * self.round, text("go"))
        self._tree.assistant(
            f"o{self.round}", 2 * self.round + 1, text("done"), step_finish("stop"), tokens=tokens(self.round, 1)
        )

    def home_of_one_pass(self) -> Home:
        """A home that one undisturbed pass over the same logs makes."""
        home = replace(self.home, path=self.folder / "from-nothing")
        shutil.rmtree(home.path, ignore_errors=True)
        ingest(home)
        return home


def _exchange(session: str, number: int) -> list[dict[str, Any]]:
    """A call, its result and an answer that is streamed in two lines."""
    call = tool_use(f"t-{session}-{number}", command="ls")
    message = f"{session}-m{number}"
    return [
        answer(message, sessionId=session, content=[call], stop_reason="tool_use"),
        user([tool_result(call["id"], "out " * 300)], f"r-{session}-{number}", sessionId=session),
        answer(f"{message}-b", 3, sessionId=session),
        answer(f"{message}-b", 300, second=2, sessionId=session, stop_reason="end_turn"),
    ]


def _task(number: int) -> list[dict[str, Any]]:
    return [started(f"k{number}"), output(f"c-k{number}"), used(10 * number, 0, 10 * number), complete(f"k{number}")]


@pytest.fixture
def someone(tmp_path: Path) -> GrowingUser:
    return GrowingUser(tmp_path)


def answers(home: Home) -> dict[str, Counter[str]]:
    """What a home says, without the order of what came in; Codex counts a turn's index anew in each pass."""
    return {
        question.__name__: Counter(
            repr([item for item in sorted(record.items()) if record["source"] != "codex" or item[0] != "turnIndex"])
            for record in question(home)
        )
        for question in QUESTIONS
    }


def assert_everything_is_there_once(someone: GrowingUser) -> None:
    """After a pass that nobody disturbs, the home says what one does that was never disturbed."""
    ingest(someone.home)
    undisturbed = someone.home_of_one_pass()
    assert answers(someone.home) == answers(undisturbed)
    assert max(Counter(someone.home.ledger.read_bytes().split(b"\n")[:-1]).values()) == 1
    assert contents(someone.home) == contents(undisturbed)


def contents(home: Home) -> dict[str, Counter[str]]:
    return {path.name: Counter(path.read_text().splitlines()) for path in home.content.iterdir()}


def assert_the_archive_is_one_built_from_nothing(someone: GrowingUser) -> None:
    """After a build that nobody disturbs, the archive holds what one holds that was built at once."""
    build(someone.home)
    anew = replace(someone.home, path=someone.folder / "anew")
    shutil.rmtree(anew.path, ignore_errors=True)
    anew.path.mkdir()
    shutil.copy(someone.home.ledger, anew.ledger)
    build_archive(anew, full=True, range_bytes=SMALL)
    assert archived(someone.home) == archived(anew)
    assert query_all(someone.home) == query_all(anew)


def kill_again_and_again(
    work: Callable[[Home], None], someone: GrowingUser, count: int, check: Callable[[GrowingUser], None]
) -> None:
    """Let sessions go on and kill `work` on them, `count` times; `check` a few times on the way, and in the end."""
    killing = Killing(work, seed=20261121)
    for number in range(1, count + 1):
        someone.go_on()
        killing.once(someone.home)
        if number % max(count // 4, 4) == 0 or number == count:
            check(someone)
    assert killing.midway >= count // 3


def test_a_pass_that_is_killed_again_and_again_is_made_good_by_the_next(someone: GrowingUser) -> None:
    kill_again_and_again(ingest, someone, kills(10), assert_everything_is_there_once)


def test_a_build_that_is_killed_again_and_again_is_made_good_by_the_next(someone: GrowingUser) -> None:
    go_on = someone.go_on

    def and_ingest() -> None:
        go_on()
        ingest(someone.home)

    someone.go_on = and_ingest  # ty: ignore[invalid-assignment]
    kill_again_and_again(build, someone, kills(10), assert_the_archive_is_one_built_from_nothing)


def test_a_run_of_both_that_is_killed_again_and_again_is_made_good_by_the_next(someone: GrowingUser) -> None:
    def check(someone: GrowingUser) -> None:
        assert_everything_is_there_once(someone)
        assert_the_archive_is_one_built_from_nothing(someone)

    kill_again_and_again(ingest_and_build, someone, kills(10), check)


def test_readers_elsewhere_end_with_the_pass_that_is_killed(someone: GrowingUser) -> None:
    killing = Killing(ingest, seed=4)
    for _ in range(4):
        someone.go_on()
        killing.once(someone.home, 2)

    assert_everything_is_there_once(someone)


def test_a_run_that_dies_before_any_step_on_the_disk_is_made_good_by_the_next(someone: GrowingUser) -> None:
    someone.go_on()
    ingest_and_build(someone.home)
    someone.go_on()
    before = shutil.copytree(someone.home.path, someone.folder / "before")
    steps = steps_of(ingest_and_build, someone.home)
    assert steps > 100
    assert_everything_is_there_once(someone)

    for step in range(1, steps + 1, max(steps // kills(8), 1)):
        shutil.rmtree(someone.home.path)
        shutil.copytree(before, someone.home.path)
        kill_at_step(step, ingest_and_build, someone.home)

        assert_everything_is_there_once(someone)
        assert_the_archive_is_one_built_from_nothing(someone)
