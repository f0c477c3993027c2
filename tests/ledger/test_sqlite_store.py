"""The SQLite store: the same verbs, in one database (ledger.md 12)."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from relayburn.errors import InvalidInput, LockUnavailable, StoreTooNew, StoreUnusable, UnsupportedStorage
from relayburn.ledger import sqlite_lock
from relayburn.ledger.append import append_compactions, append_relationships, append_turns, forget_index
from relayburn.ledger.content import append_content, list_content, prune_content, read_content
from relayburn.ledger.home import Home
from relayburn.ledger.lock import Patience, lock
from relayburn.ledger.query import LedgerQuery, query_relationships, query_turns
from relayburn.ledger.stamps import write_stamp
from relayburn.ledger.store import require_files
from relayburn.ledger.store_protocol import PruneReport
from relayburn.semantics import CURRENT, TS_1_10
from tests.ledger.records import compaction, home_at, no_warning, relationship, said, turn


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    forget_index()
    yield home_at(tmp_path / "burn", RELAYBURN_STORAGE="sqlite")
    forget_index()


def outputs(home: Home, semantics=CURRENT) -> list[int]:
    return [found["usage"]["output"] for found in query_turns(home, semantics=semantics)]


def executed(home: Home, statement: str, *values: object) -> list[tuple]:
    with closing(sqlite3.connect(home.database)) as database, database:
        return database.execute(statement, values).fetchall()


def test_everything_lies_in_one_file_of_the_owner(home: Home) -> None:
    append_turns(home, [turn()])
    append_content(home, [said()], no_warning)

    assert {path.name for path in home.path.iterdir()} == {"burn.sqlite", "burn.sqlite-wal", "burn.sqlite-shm"}
    assert stat.S_IMODE(home.database.stat().st_mode) == 0o600


def test_the_file_can_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "a" / "b.sqlite"
    home = home_at(tmp_path / "burn", RELAYBURN_STORAGE="sqlite", RELAYBURN_SQLITE_PATH=str(elsewhere))

    append_turns(home, [turn()])
    forget_index()

    assert elsewhere.is_file()


def test_the_reference_keeps_the_first_of_an_identity_and_drops_known_content(home: Home) -> None:
    turns = [turn("a"), turn("a", output=999), turn("b")]
    assert append_turns(home, turns, semantics=TS_1_10) == 2
    assert append_turns(home, [turn("c"), turn("d", output=1)], semantics=TS_1_10) == 1

    assert outputs(home, TS_1_10) == [20, 20, 1]


def test_under_current_the_newest_takes_the_place_of_the_first(home: Home) -> None:
    assert append_turns(home, [turn("a"), turn("b")]) == 2
    assert append_turns(home, [turn("a"), turn("a", output=412)]) == 1

    assert outputs(home) == [412, 20]


def test_turns_carry_their_stamps(home: Home) -> None:
    append_turns(home, [turn("a"), turn("b", "s-2")])
    write_stamp(home, {"sessionId": "s-1"}, {"parentAgentId": "boss", "k": "v"})

    assert query_turns(home, LedgerQuery(enrichment={"k": "v"})) == [
        turn("a") | {"enrichment": {"parentAgentId": "boss", "k": "v"}}
    ]
    assert [row["source"] for row in query_relationships(home)] == ["spawn-env"]


def test_records_pass_through_unchanged(home: Home) -> None:
    odd = compaction(extra={"ü": [None, 1.5, "\ud800"]})
    append_compactions(home, [odd, odd], semantics=TS_1_10)
    append_relationships(home, [relationship()])

    assert executed(home, "SELECT record_json FROM compactions") == [
        (
            '{"v":1,"source":"claude-code","sessionId":"s-1","ts":"2026-11-10T10:05:00.000Z",'
            '"extra":{"ü":[null,1.5,"\\ud800"]}}',
        )
    ]


def test_a_record_without_a_name_cannot_be_stored(home: Home) -> None:
    with pytest.raises(InvalidInput, match="without sessionId"):
        append_turns(home, [turn("a"), turn("b", sessionId=None)])

    assert query_turns(home) == []


def test_a_copy_of_content_takes_a_number_of_its_own(home: Home) -> None:
    append_content(home, [said("a"), said("a"), said("b")], no_warning)

    assert executed(home, "SELECT seq FROM content ORDER BY seq") == [(1,), (3,)]


def test_content_is_stored_once_and_pruned_by_its_newest_record(home: Home) -> None:
    warnings: list[str] = []
    append_content(home, [said(), said(), said(session="../x"), said(session="s-2")], warnings.append)

    assert warnings == ['[burn] skipping content record with unsafe sessionId: "../x"']
    assert list_content(home) == ["s-1", "s-2"]
    assert read_content(home, "s-1") == [said()]
    assert read_content(home, "s-1", "m-2") == []
    assert prune_content(home, 1) == PruneReport()
    assert prune_content(home, 0, lambda session: session == "s-2").skipped_recoverable == 1
    assert list_content(home) == ["s-2"]


def test_a_lock_is_a_row(home: Home) -> None:
    with lock(home, "ledger"), lock(home, "ledger"):
        assert executed(home, "SELECT name, pid FROM locks") == [("ledger", os.getpid())]

    assert executed(home, "SELECT * FROM locks") == []


@pytest.mark.parametrize(
    ("age_ms", "find_pid", "semantics", "free"),
    [
        pytest.param(4999, lambda: 0, TS_1_10, False, id="young-row"),
        pytest.param(5000, os.getpid, TS_1_10, True, id="old-row"),
        pytest.param(5000, os.getpid, CURRENT, False, id="living-holder"),
        pytest.param(5000, lambda: 2**22 + 1, CURRENT, True, id="dead-holder"),
    ],
)
def test_an_old_row_is_an_orphans(
    home: Home, monkeypatch: pytest.MonkeyPatch, age_ms: int, find_pid: Callable[[], int], semantics, free: bool
) -> None:
    monkeypatch.setattr(sqlite_lock, "PATIENCE", Patience(1, 1, 1, 2))
    append_turns(home, [turn()])
    executed(home, "INSERT INTO locks VALUES ('demo', ?, ?)", int(home.clock()) - age_ms, find_pid())

    try:
        with lock(home, "demo", semantics=semantics):
            taken = True
    except LockUnavailable as error:
        taken = False
        assert str(error) == "could not acquire sqlite lock 'demo' after 2 attempts (~3ms)"

    assert taken is free


def test_a_later_schema_is_refused(home: Home) -> None:
    append_turns(home, [turn()])
    executed(home, "UPDATE schema_state SET version = 7")
    forget_index()

    with pytest.raises(StoreTooNew, match="is at schema version 7 but this build only knows up to 1; please upgrade"):
        query_turns(home)


def test_a_file_that_is_no_database_is_named(home: Home) -> None:
    home.path.mkdir()
    home.database.write_text("this is no database at all")

    with pytest.raises(StoreUnusable, match="file is not a database"):
        query_turns(home)


def test_the_archive_is_made_of_files_only(home: Home) -> None:
    with pytest.raises(UnsupportedStorage, match=r"require RELAYBURN_STORAGE=file \(got sqlite\)"):
        require_files(home)
