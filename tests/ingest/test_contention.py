"""Many ingests of one home, and ingests that are killed: nothing is lost, nothing is there twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.ingest.killing import kills
from tests.ingest.users import CODEX_SESSION, User, answer, prompt
from tests.ledger.processes import ROOT
from tests.reader.claude_lines import tool_result, tool_use, user
from tests.reader.codex_lines import complete, meta, output, started, used
from tests.reader.opencode_tree import step_finish, text, tokens

KILLS = kills(8)
"""How often an ingest is killed."""

_SESSIONS = 24
_MESSAGES = 10


@pytest.fixture
def someone(tmp_path: Path) -> User:
    """Sessions of three harnesses, all of whose turns have equal tokens and times."""
    someone = User(tmp_path)
    for number in range(_SESSIONS):
        someone.claude(*_conversation(f"s{number}"), session=f"s{number}")
    tasks = [line for number in range(_MESSAGES) for line in _task(f"t{number}", 10 * number)]
    someone.codex(meta(CODEX_SESSION), *tasks)
    tree = someone.opencode()
    for number in range(_MESSAGES):
        tree.user(f"u{number}", 2 * number, text("go"))
        tree.assistant(f"o{number}", 2 * number + 1, text("done"), step_finish("stop"), tokens=tokens(1, 1))
    return someone


def _conversation(session: str) -> list[dict]:
    lines = [prompt("hi " * 200, f"u-{session}", sessionId=session)]
    for number in range(_MESSAGES):
        call = tool_use(f"t-{session}-{number}", command="ls")
        lines.append(answer(f"{session}-m{number}", sessionId=session, content=[call], stop_reason="tool_use"))
        lines.append(user([tool_result(call["id"], "out " * 500)], f"r-{session}-{number}", sessionId=session))
    return lines


def _task(turn: str, total: int) -> list[dict]:
    return [started(turn), output(f"c-{turn}"), used(total, 0, total), complete(turn)]


def ingester(someone: User, processes: int = 0) -> subprocess.Popen[str]:
    arguments = [str(someone.user_home), str(someone.home.path), str(processes)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.ingester", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def records_of_one_pass(someone: User) -> Counter[str]:
    """What one undisturbed pass over the same logs writes."""
    other = User(someone.folder / "other")
    other.user_home = someone.user_home
    other.home = type(other.home)(other.folder / "burn", someone.user_home, {}, other.home.clock)
    other.ingest()
    return records(other)


def records(someone: User) -> Counter[str]:
    return Counter(repr(line) for line in someone.lines())


def contents(someone: User) -> dict[str, Counter[str]]:
    return {path.name: Counter(path.read_text().splitlines()) for path in sorted(someone.home.content.iterdir())}


def test_eight_ingests_at_once_write_everything_once(someone: User) -> None:
    running = [ingester(someone) for _ in range(8)]
    said = [process.communicate()[0] for process in running]

    assert [process.returncode for process in running] == [0] * 8, said
    assert records(someone) == records_of_one_pass(someone)
    assert set(records(someone).values()) == {1}
    assert {count for lines in contents(someone).values() for count in lines.values()} == {1}
    assert len(someone.cursors()) == _SESSIONS + 2
    assert someone.ingest().appended_turns == 0


def test_an_ingest_that_is_killed_at_any_moment_is_made_good_by_the_next(someone: User) -> None:
    chance = random.Random(20261121)
    for number in range(KILLS):
        with ingester(someone, processes=number % 2) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.4))
            process.kill()
        someone.home.cursors.unlink(missing_ok=True)

    someone.forget_process()
    someone.ingest()

    assert records(someone) == records_of_one_pass(someone)
    assert set(records(someone).values()) == {1}
    assert {count for lines in contents(someone).values() for count in lines.values()} == {1}
