"""A home that holds turns of both semantics: what reports say of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ledger.append import append_turns
from relayburn.ledger.home import Home
from relayburn.sdk import mixed_semantics
from relayburn.semantics import TS_1_10
from tests.cli.burning import burn
from tests.ledger.records import turn

NOTICE = "turns in this home were read by ts-1.10 rules; `burn state reingest` reads again what still has a log"


def a_home(user_home: Path, *, old: int, new: int) -> Home:
    home = Home(user_home / ".relayburn", user_home, {})
    append_turns(home, [turn(f"old-{n}", output=n) for n in range(old)], semantics=TS_1_10)
    append_turns(home, [turn(f"new-{n}", output=n) for n in range(new)])
    return home


def test_a_report_says_how_many_turns_were_read_by_other_rules(tmp_path: Path) -> None:
    a_home(tmp_path, old=2, new=3)

    told = burn(tmp_path, "summary")

    assert told.returncode == 0
    assert told.stderr.count(f"burn: 2 of 5 {NOTICE}\n") == 1


def test_a_home_of_one_semantics_says_nothing(tmp_path: Path) -> None:
    a_home(tmp_path, old=0, new=3)

    assert "rules" not in burn(tmp_path, "summary").stderr


def test_the_reference_says_nothing(tmp_path: Path) -> None:
    a_home(tmp_path, old=2, new=3)

    assert "rules" not in burn(tmp_path, "summary", RELAYBURN_SEMANTICS="ts-1.10").stderr


@pytest.mark.parametrize(("words", "variable"), [(["--no-archive"], "1"), ([], "0"), ([], "false")])
def test_no_archive_is_built_where_none_is_wanted(tmp_path: Path, words: list[str], variable: str) -> None:
    home = a_home(tmp_path, old=2, new=3)

    assert burn(tmp_path, "summary", *words, RELAYBURN_ARCHIVE=variable).returncode == 0

    assert not home.archive.exists()


def test_the_library_says_it_too(tmp_path: Path) -> None:
    home = a_home(tmp_path, old=2, new=3)

    found = mixed_semantics(home)
    assert (found.foreign, found.foreign_turns, found.turns, found.is_mixed) == ("ts-1.10", 2, 5, True)
    other_way = mixed_semantics(home, semantics=TS_1_10)
    assert (other_way.foreign, other_way.foreign_turns, other_way.turns) == ("current", 3, 5)


def test_a_home_without_a_ledger_is_of_one_semantics(tmp_path: Path) -> None:
    assert not mixed_semantics(tmp_path / "none").is_mixed
