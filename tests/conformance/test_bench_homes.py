"""The benchmarks of homes: their data is what it is said to be, and they see what they are to measure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.bench.homes import GrowingLedger, fresh_home, unheard, write_logs, write_small_logs
from conformance.bench.ingesting import ingest_cost
from conformance.bench.measure import Amount
from conformance.bench.no_news import no_news
from conformance.bench.processes import least_of, spent_by
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.query import query_turns


@pytest.fixture(scope="module")
def user_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    user_home = tmp_path_factory.mktemp("user")
    write_logs(user_home, seed=3, megabytes=1)
    return user_home


def test_a_home_has_logs_of_every_harness(user_home: Path, tmp_path: Path) -> None:
    home = fresh_home(tmp_path / "home", user_home)

    ingest_all(home, log=pytest.fail)

    assert {turn["source"] for turn in query_turns(home)} == {"claude-code", "codex", "opencode"}


def test_a_ledger_grows_by_the_same_turns_under_other_names(user_home: Path, tmp_path: Path) -> None:
    ledger = GrowingLedger(tmp_path / "home", user_home)
    once = query_turns(ledger.home)

    ledger.grow_to(round(3 * ledger.megabytes))

    turns = query_turns(ledger.home)
    assert len(turns) == ledger.turns
    assert len(turns) % len(once) == 0
    assert len({(turn["source"], turn["sessionId"], turn["messageId"]) for turn in turns}) == len(turns) > len(once)
    assert turns[: len(once)] == once
    assert {turn["project"] for turn in turns[len(once) :]} == {str(ledger.project)}


def test_the_floor_of_a_pass_covers_all_logs(user_home: Path) -> None:
    cost = ingest_cost(user_home, rounds=1)

    logs = [path for path in user_home.rglob("*.json*") if path.is_file()]
    assert cost.size == sum(path.stat().st_size for path in logs)
    assert 0 < cost.decoding < cost.counting < cost.pass_seconds


def test_small_logs_are_read(tmp_path: Path) -> None:
    write_small_logs(tmp_path / "user", files=3, turns=2)
    home = fresh_home(tmp_path / "home", tmp_path / "user")

    report = ingest_all(home, log=unheard)

    assert (report.ingested_sessions, report.appended_turns) == (3, 6)


def test_a_pass_without_news_is_measured_for_each_file() -> None:
    found = no_news(files=20, rounds=1)

    assert 0 < found.milliseconds_each < 50
    assert [ratio.name for ratio in found.ratios] == ["twice the files", "16 times the bytes"]


def test_memory_of_a_process_is_its_own() -> None:
    here = bytearray(100 << 20)
    here[:] = b"x" * len(here)

    little = spent_by((sys.executable, "-I", "-c", "print(7)"))
    much = spent_by((sys.executable, "-I", "-c", "print(len(b'x' * (60 << 20)))"))

    assert little.peak_mb < 40 < 60 < much.peak_mb
    assert (little.answer, much.answer) == (7, 60 << 20)


def test_processor_time_of_a_process_is_its_own() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"

    spent = least_of({"busy": (sys.executable, "-c", busy), "idle": (sys.executable, "-c", "pass")}, rounds=1)

    assert spent["busy"].processor >= 0.3
    assert spent["idle"].processor < 0.3


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="no such luck"):
        spent_by((sys.executable, "-c", "raise SystemExit('no such luck')"))


@pytest.mark.parametrize(
    ("amount", "over"),
    [
        (Amount("memory", 36, "MB", limit=35), True),
        (Amount("memory", 34, "MB", limit=35), False),
        (Amount("faster", 1.6, "times", least=1.7), True),
        (Amount("faster", 1.8, "times", least=1.7), False),
        (Amount("free", 1e9, "MB"), False),
    ],
)
def test_amounts_are_held_to_their_limits(amount: Amount, over: bool) -> None:
    assert amount.is_over is over
