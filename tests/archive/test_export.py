from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from relayburn.errors import HomeUnwritable
from relayburn.ledger.archive import build_archive, export_sqlite
from tests.archive.ledgers import ledger, line, new_home, stamp
from tests.ledger.records import compaction, event, turn


def rows(path: Path, query: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute(query).fetchall()


def test_a_file_of_the_old_form_holds_what_the_archive_holds(tmp_path: Path) -> None:
    home, path = new_home(tmp_path), tmp_path / "out.sqlite"
    call = {"id": "t", "name": "Edit", "argsHash": "h"}
    ledger(
        home,
        line("turn", turn("a", output=1, toolCalls=[call, call])),
        line("turn", turn("b", model="gpt-5.4", turnIndex=1, subagent={"isSidechain": True})),
        line("turn", turn("a", output=2, toolCalls=[call])),
        line("compaction", compaction()),
        line("tool_result_event", event()),
        stamp({"sessionId": "s-1"}, {"workflowId": "w", "team": "x"}),
    )
    build_archive(home)

    report = export_sqlite(home, path)

    assert (report.path, report.turns, report.left_out) == (str(path), 2, 0)
    assert rows(path, "SELECT message_id, output_tokens, workflow_id, enrichment_json FROM turns") == [
        ("a", 2, "w", '{"workflowId":"w","team":"x"}'),
        ("b", 20, "w", '{"workflowId":"w","team":"x"}'),
    ]
    assert rows(path, "SELECT message_id, call_index, tool_name FROM tool_calls") == [("a", 0, "Edit")]
    sessions = "SELECT turn_count, model_set_json, has_subagent, min_fidelity, workflow_id FROM sessions"
    assert rows(path, sessions) == [(2, '["claude-sonnet-4-6","gpt-5.4"]', 1, None, "w")]
    assert rows(path, "SELECT archive_version, ledger_offset_bytes FROM archive_state") == [
        (3, home.ledger.stat().st_size)
    ]
    assert rows(path, "SELECT count(*) FROM compactions") == rows(path, "SELECT count(*) FROM stamps") == [(1,)]


def test_records_that_the_old_form_cannot_hold_are_left_out_and_counted(tmp_path: Path) -> None:
    home, path = new_home(tmp_path), tmp_path / "out.sqlite"
    ledger(home, line("turn", turn(model=None)), line("turn", turn("b")), line("compaction", compaction(ts=None)))
    build_archive(home)

    report = export_sqlite(home, path)

    assert (report.turns, report.left_out) == (1, 2)


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    home, path = new_home(tmp_path), tmp_path / "out.sqlite"
    path.write_text("mine")

    with pytest.raises(HomeUnwritable, match="File exists"):
        export_sqlite(home, path)

    assert path.read_text() == "mine"


def test_an_export_that_fails_leaves_nothing(tmp_path: Path) -> None:
    home = new_home(tmp_path)

    with pytest.raises(HomeUnwritable):
        export_sqlite(home, tmp_path / "missing" / "out.sqlite")

    assert list(tmp_path.iterdir()) == []
