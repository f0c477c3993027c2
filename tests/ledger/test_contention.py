"""Many processes on one home, and processes that are killed: nothing is lost, nothing is there twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from relayburn.ledger.append import append_turns, forget_index
from relayburn.ledger.home import Home
from relayburn.ledger.query import query_turns, walk
from tests.ingest.killing import kills
from tests.ledger.appender import numbered
from tests.ledger.processes import ROOT, process
from tests.ledger.records import home_at, ledger_records

KILLS = kills(12)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    forget_index()
    return home_at(tmp_path / "burn", clock=lambda: time.time() * 1000)


def identities(home: Home) -> Counter[str]:
    return Counter(record["messageId"] for record in ledger_records(home))


def test_eight_processes_that_append_at_once_lose_nothing_and_write_nothing_twice(home: Home) -> None:
    # Every turn is appended by two of them.
    spans = [(number * 40, number * 40 + 80) for number in range(8)]
    with ExitStack() as stack:
        running = [
            stack.enter_context(process("tests.ledger.appender", home.path, first, last, 4, first))
            for first, last in spans
        ]
        while any(each.poll() is None for each in running):
            # A reader at the same time sees whole lines only.
            assert all("record" in line for line in walk(home))
        assert [each.wait() for each in running] == [0] * 8

    assert identities(home) == Counter(f"m-{number}" for number in range(360))
    assert not list(home.path.glob("*.lock"))
    assert append_turns(home, numbered(0, 360)) == 0


def test_after_a_kill_at_any_moment_every_record_is_there_exactly_once(home: Home) -> None:
    chance = random.Random(20261121)
    for number in range(KILLS):
        with process("tests.ledger.appender", home.path, 0, min(50 * (number + 1), 600), 3, number) as running:
            time.sleep(chance.uniform(0, 0.12))
            running.kill()
            running.wait()

    append_turns(home, numbered(0, 600))

    found = Counter(turn["messageId"] for turn in query_turns(home))
    assert found == Counter(f"m-{number}" for number in range(600))
    assert len(list(walk(home))) == 600


def test_a_full_disk_leaves_the_ledger_as_it_was(home: Home) -> None:
    append_turns(home, numbered(0, 10))
    before = home.ledger.read_bytes()

    said = subprocess.run([sys.executable, "-c", _FULL_DISK, home.path], cwd=ROOT, capture_output=True, text=True)

    assert said.stdout.startswith(f"cannot write {home.ledger}: File too large"), said.stderr
    assert home.ledger.read_bytes() == before
    assert append_turns(home, numbered(0, 400)) == 390


_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from relayburn.errors import HomeUnwritable
from relayburn.ledger.append import append_turns
from tests.ingest.killing import kills
from tests.ledger.appender import numbered
from tests.ledger.records import home_at

home = home_at(Path(sys.argv[1]))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = home.ledger.stat().st_size + 1000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    append_turns(home, numbered(0, 400))
except HomeUnwritable as error:
    print(error)
"""
