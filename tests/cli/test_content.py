"""`burn content purge`: what it removes, and what it says of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from relayburn.ledger.content import append_content, list_content, read_content
from relayburn.ledger.home import Home
from relayburn.ledger.purge import purge_content
from tests.cli.burning import burn
from tests.ledger.records import home_at, no_warning, said

_HINT = "burn: new sessions go on being stored; to keep no content, set RELAYBURN_CONTENT_STORE=off"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / ".relayburn", tmp_path, {})
    append_content(home, [said("hi", "s-1"), said("hello", "s-2")], no_warning)
    os.utime(home.content / "s-1.jsonl", (0, 0))
    return home


def test_all_content_goes(home: Home, tmp_path: Path) -> None:
    size = sum(path.stat().st_size for path in home.content.iterdir())

    told = burn(tmp_path, "content", "purge")

    assert told.stdout == f"removed the content of 2 sessions ({size} bytes) below {home.content}\n"
    assert told.stderr.startswith(_HINT)
    assert list_content(home) == []


def test_only_what_is_old_goes(home: Home, tmp_path: Path) -> None:
    told = burn(tmp_path, "content", "purge", "--older-than", "30", "--json")

    assert json.loads(told.stdout)["sessionsPurged"] == 1
    assert list_content(home) == ["s-2"]


def test_only_a_sessions_goes(home: Home, tmp_path: Path) -> None:
    told = burn(tmp_path, "content", "purge", "--session", "s-2")

    assert told.stdout.startswith("removed the content of 1 session (")
    assert list_content(home) == ["s-1"]
    assert burn(tmp_path, "content", "purge", "--session", "../x").returncode == 1


def test_where_there_is_none_nothing_goes_and_nothing_is_made(tmp_path: Path) -> None:
    told = burn(tmp_path, "content", "purge")

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("removed the content of 0 sessions (0 bytes)")
    assert not (tmp_path / ".relayburn").exists()


def test_what_is_to_be_kept_forever_stays(home: Home) -> None:
    assert purge_content(home, older_than="forever").files_deleted == 0


def test_content_in_the_other_store_goes_too(tmp_path: Path) -> None:
    home = home_at(tmp_path / "burn", RELAYBURN_STORAGE="sqlite")
    append_content(home, [said("hi", "s-1"), said("hello", "s-2")], no_warning)

    assert purge_content(home, session="s-1").files_deleted == 1
    assert (read_content(home, "s-1"), len(read_content(home, "s-2"))) == ([], 1)
    assert purge_content(home).files_deleted == 1
