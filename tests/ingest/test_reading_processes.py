"""Files that other processes read."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from relayburn.ingest.harvest import Failed, Harvest, Load, Settled, Step
from relayburn.ingest.reading_as_needed import ReadAsNeeded
from relayburn.ingest.reading_processes import ReadInProcesses
from relayburn.semantics import CURRENT, Semantics
from tests.ingest.users import User, answer, prompt
from tests.reader.codex_lines import complete, meta, started, used
from tests.reader.opencode_tree import step_finish, tokens


@dataclass(frozen=True)
class Scripted:
    """A file whose reading does what its path says."""

    path: str
    weight: int = 1
    semantics: Semantics = CURRENT

    def read(self) -> Harvest:
        if self.path == "kills":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.path == "fails":
            raise OSError("no")
        return Harvest(self.path, str(os.getpid()), {})


def outcomes(*steps: Step, count: int = 2) -> list[object]:
    with ReadInProcesses(count) as readers:
        return list(readers.outcomes(steps))


def test_outcomes_come_in_the_order_of_the_steps() -> None:
    found = outcomes(Scripted("a"), Settled("b"), Scripted("fails"), Failed("d", "why"), Scripted("e"))

    assert [outcome.path for outcome in found] == ["a", "b", "fails", "d", "e"]
    assert found[2] == Failed("fails", "no")
    assert os.getpid() not in {int(outcome.session_id) for outcome in found if isinstance(outcome, Load)}


def test_a_process_that_dies_takes_only_its_own_file_with_it() -> None:
    found = outcomes(Scripted("a"), Scripted("kills"), Scripted("c"), count=1)

    assert [type(outcome) for outcome in found] == [Load, Failed, Load]
    assert found[1] == Failed("kills", "the process that read it died")


def test_no_process_is_started_where_nothing_has_to_be_read() -> None:
    readers = ReadInProcesses(2)
    with readers:
        assert list(readers.outcomes([Settled("a"), Failed("b", "why")])) == [Settled("a"), Failed("b", "why")]
        assert readers._pool is None


@pytest.mark.parametrize(("files", "here"), [(2, [True] * 2), (3, [False] * 3)])
def test_little_is_read_here_and_much_elsewhere(files: int, here: list[bool]) -> None:
    steps = [Settled("a"), *(Scripted(str(number)) for number in range(files)), Settled("b")]
    with ReadAsNeeded(1, little_bytes=2) as readers:
        found = list(readers.outcomes(steps))

    assert [outcome.path for outcome in found] == [step.path for step in steps]
    assert [int(outcome.session_id) == os.getpid() for outcome in found if isinstance(outcome, Load)] == here


def test_what_is_read_ahead_is_bounded_by_bytes() -> None:
    begun: list[str] = []

    def steps() -> Iterator[Step]:
        for number in range(20):
            begun.append(str(number))
            yield Scripted(str(number), weight=40 << 20)

    with ReadInProcesses(1) as readers:
        first = next(readers.outcomes(steps()))

    assert first.path == "0"
    assert len(begun) <= 3


def test_a_home_is_the_same_whoever_reads(tmp_path: Path) -> None:
    here, there = User(tmp_path / "here"), User(tmp_path / "there")
    for someone in (here, there):
        for number in range(5):
            name = f"session-{number}"
            someone.claude(prompt("hi", sessionId=name), answer(f"m{number}", number, sessionId=name), session=name)
        someone.codex(meta(), started("t1"), used(5, 0, 5), complete("t1"))
        tree = someone.opencode()
        tree.assistant("o1", 1, step_finish("stop"), tokens=tokens(1, 1))
    reports = [here.ingest(), there.ingest(readers=ReadInProcesses(2))]

    assert reports[0] == reports[1]
    assert _without(here) == _without(there)
    assert _contents(here) == _contents(there) != {}
    assert list(here.cursors()) == list(there.cursors())


def _without(someone: User) -> str:
    return someone.home.ledger.read_text().replace(str(someone.folder), "")


def _contents(someone: User) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in someone.home.content.iterdir()}


def test_what_was_read_ahead_of_a_stop_is_left_for_the_next_pass(tmp_path: Path) -> None:
    someone = User(tmp_path)
    for number in range(6):
        name = f"session-{number}"
        someone.claude(prompt("hi", sessionId=name), answer(f"m{number}", number, sessionId=name), session=name)
    stopped = someone.ingest(readers=ReadInProcesses(1), stop=lambda: True)
    finished = someone.ingest()

    assert (stopped.stopped, stopped.appended_turns, finished.appended_turns) == (True, 1, 5)
    assert someone.outputs() == {f"m{number}": number for number in range(6)}


def test_modules_that_lie_in_the_current_folder_are_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("multiprocessing", "pickle", "random", "relayburn"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('this belongs to somebody else')")
    monkeypatch.chdir(tmp_path)
    found = outcomes(Scripted("a"), Scripted("b"))

    assert [type(outcome) for outcome in found] == [Load, Load]
    assert "PYTHONSAFEPATH" not in os.environ
