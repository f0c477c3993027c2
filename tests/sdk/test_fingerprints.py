from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.errors import InvalidOption
from relayburn.ledger.append import append_turns
from relayburn.ledger.home import Home
from relayburn.ledger.lines import json_bytes
from relayburn.sdk import fingerprint
from relayburn.semantics import TS_1_10
from tests.archive.ledgers import append, line, made_up_lines
from tests.ledger.records import home_at, turn

FIRST = turn("a", "s-1", ts="2026-02-28T00:00:00.000Z")
LAST = turn("b", "s-2", output=21, ts="2026-03-01T00:00:00.000Z", project="/p", projectKey="github.com/x/y")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = home_at(tmp_path / "burn")
    append_turns(home, [FIRST, LAST])
    return home


def test_it_is_count_latest_second_and_bytes(home: Home) -> None:
    assert fingerprint(home) == f"2:1772323200:{len(json_bytes(FIRST)) + len(json_bytes(LAST))}"


def test_it_is_of_a_session_or_of_a_project_or_of_its_key(home: Home) -> None:
    last = f"1:1772323200:{len(json_bytes(LAST))}"

    assert fingerprint(home, session="s-2") == last
    assert fingerprint(home, project="/p") == last
    assert fingerprint(home, project="github.com/x/y") == last
    assert fingerprint(home, session="s-1").startswith("1:1772236800:")
    with pytest.raises(InvalidOption, match="at most one"):
        fingerprint(home, session="s-1", project="/p")


def test_of_nothing_there_is_nothing(tmp_path: Path) -> None:
    assert fingerprint(tmp_path / "none") == "0::0"


def test_a_time_that_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    home = home_at(tmp_path / "burn")
    append_turns(home, [FIRST | {"ts": "yesterday"}])

    assert fingerprint(home).split(":")[:2] == ["1", ""]


def test_both_semantics_and_the_walk_say_the_same(home: Home) -> None:
    append_turns(home, [turn("c", ts="2026-03-02T00:00:00.000Z")], semantics=TS_1_10)
    append(home, line("turn", turn("d", output=5, unknown="é")).replace(b'":', b'" : '))

    heard: list[str] = []
    by_archive = fingerprint(home, on_log=heard.append)
    assert (by_archive, heard) == (fingerprint(home, semantics=TS_1_10), [])
    home.archive.rename(home.path / "away")
    home.archive.write_text("no folder")
    assert fingerprint(home, on_log=heard.append) == by_archive
    assert heard


def test_of_odd_lines_it_is_what_the_walk_says(tmp_path: Path) -> None:
    home = home_at(tmp_path / "burn")
    append(home, *made_up_lines(3, 200))

    by_archive = fingerprint(home)
    home.archive.rename(home.path / "away")
    home.archive.write_text("no folder")
    assert fingerprint(home) == by_archive
