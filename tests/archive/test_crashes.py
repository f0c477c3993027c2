"""Builds that are killed, and readers beside builds: with real processes."""

from __future__ import annotations

import random
import time
from pathlib import Path

from relayburn.ledger.archive import build_archive, query_all
from tests.archive.ledgers import append, archived, made_up_lines
from tests.ledger.processes import process
from tests.ledger.records import home_at

ROUNDS = 20
SMALL = 20_000


def test_a_build_that_is_killed_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(11)
    home, from_nothing = home_at(tmp_path / "home"), home_at(tmp_path / "from-nothing")
    killed_midway = 0
    for number in range(ROUNDS):
        append(home, *made_up_lines(number, 150))
        with process("tests.archive.builder", home.path, SMALL) as builder:
            time.sleep(chance.random() * 0.12)
            killed_midway += builder.poll() is None
            builder.kill()

        build_archive(home, range_bytes=SMALL)

        from_nothing.path.mkdir(exist_ok=True)
        from_nothing.ledger.write_bytes(home.ledger.read_bytes())
        build_archive(from_nothing, full=True, range_bytes=SMALL)
        assert archived(home) == archived(from_nothing)
        assert query_all(home) == query_all(from_nothing)
    assert killed_midway > ROUNDS // 4


def test_readers_beside_a_builder_never_fail_and_never_see_half_a_build(tmp_path: Path) -> None:
    home = home_at(tmp_path / "home")
    home.path.mkdir()
    seen = 0
    with process("tests.archive.grower", home.path, 60) as grower:
        while grower.poll() is None:
            found = [turn["messageId"] for turn in query_all(home)]
            assert found == [f"m-{number}" for number in range(len(found))]
            assert len(found) >= seen
            seen = len(found)

    assert len(query_all(home)) == 60
    assert seen > 0
