"""OpenCode sessions whose messages are written again and again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from relayburn.ingest.opencode import plan_opencode, state_of_messages
from relayburn.ledger.content import read_content
from relayburn.ledger.query import query_tool_result_events
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest.users import User
from tests.reader.opencode_tree import Tree, step_finish, text, tokens, tool

BOTH = pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)


def messages(tree: Tree) -> Path:
    return tree.root / "message" / tree.session_id


def set_folder_time(tree: Tree, seconds: int) -> None:
    os.utime(messages(tree), (seconds, seconds))


@BOTH
def test_a_new_message_is_read_once(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    tree = someone.opencode()
    tree.user("u1", 0, text("hi"))
    tree.assistant("m1", 1, step_finish("stop"), tokens=tokens(1, 10))
    set_folder_time(tree, 1000)
    someone.ingest()
    tree.assistant("m2", 2, step_finish("stop"), tokens=tokens(1, 20))
    set_folder_time(tree, 2000)
    someone.ingest()
    report = someone.ingest()

    assert report.appended_turns == 0
    assert someone.outputs() == {"m1": 10, "m2": 20}
    turns = [line for line in someone.lines() if line["kind"] == "turn"]
    assert [line["record"]["messageId"] for line in turns] == ["m1", "m2"]


def test_the_reference_never_looks_at_a_message_again(tmp_path: Path) -> None:
    someone = User(tmp_path, semantics=TS_1_10)
    tree = someone.opencode()
    tree.assistant("m1", 1, text("I am"), tokens=tokens())
    set_folder_time(tree, 1000)
    someone.ingest()
    tree.assistant("m1", 1, text("I am done"), step_finish("stop"), tokens=tokens(100, 50))
    set_folder_time(tree, 1000)
    someone.ingest()

    assert someone.outputs() == {"m1": 0}


def test_under_current_a_message_counts_as_it_was_last_written(tmp_path: Path) -> None:
    someone = User(tmp_path)
    tree = someone.opencode()
    tree.assistant("m1", 1, text("I am"), tokens=tokens())
    set_folder_time(tree, 1000)
    someone.ingest()
    before = someone.outputs()
    tree.assistant("m1", 1, text("I am done"), step_finish("stop"), tokens=tokens(100, 50))
    set_folder_time(tree, 1000)
    someone.ingest()

    assert (before, someone.outputs()) == ({"m1": 0}, {"m1": 50})


def test_contents_and_results_of_an_unfinished_last_message_wait(tmp_path: Path) -> None:
    someone = User(tmp_path)
    tree = someone.opencode()
    tree.user("u1", 0, text("hi"))
    tree.assistant("m1", 1, tool("c1", input={}), tool("c2", input={}, output="b"), tokens=tokens())
    someone.ingest()
    said, results = read_content(someone.home, "ses_1"), query_tool_result_events(someone.home)
    part = tree.root / "part" / "m1"
    for path in part.iterdir():
        path.unlink()
    done = [tool("c1", input={}, output="a"), tool("c2", input={}, output="b"), step_finish("tool-calls")]
    tree.assistant("m1", 1, *done, tokens=tokens(5, 5))
    someone.ingest()

    assert [record["role"] for record in said] == ["user"]
    assert results == []
    assert [event["toolUseId"] for event in query_tool_result_events(someone.home)] == ["c1", "c2"]
    assert "tool_use" in {record["kind"] for record in read_content(someone.home, "ses_1")}


@BOTH
def test_a_session_without_messages_is_counted_and_nothing_else(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    someone.opencode()
    report = someone.ingest()

    assert (report.scanned_sessions, report.ingested_sessions) == (1, 0)
    assert not someone.home.cursors.exists()


@BOTH
def test_a_broken_session_file_gets_a_cursor(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    tree = someone.opencode()
    tree.assistant("m1", 1, tokens=tokens(1, 1))
    tree.session_file.write_text("{")
    report = someone.ingest()

    assert (report.ingested_sessions, report.failures) == (0, [])
    assert someone.cursors()["ses_1.json"]["seenMessageIds"] == []


def test_any_change_of_a_message_file_is_another_state(tmp_path: Path) -> None:
    tree = User(tmp_path).opencode()
    tree.assistant("m1", 1)
    folder = str(messages(tree))
    states = {state_of_messages(folder)}
    tree.assistant("m2", 2)
    states.add(state_of_messages(folder))
    os.utime(messages(tree) / "m2.json", (5, 5))
    states.add(state_of_messages(folder))
    (messages(tree) / "m1.json").unlink()
    states.add(state_of_messages(folder))

    assert len(states) == 4
    assert state_of_messages(folder) in states


def test_messages_lie_beside_the_root_however_deep_the_session_file_is(tmp_path: Path) -> None:
    root = tmp_path / "storage" / "session"
    deep = root / "p" / "session" / "ses_9.json"
    deep.parent.mkdir(parents=True)
    deep.write_text('{"id": "ses_9"}')
    (tmp_path / "storage/message/ses_9").mkdir(parents=True)

    plan = plan_opencode(str(root), str(deep), None, "off", TS_1_10)

    assert plan.read().cursor["kind"] == "opencode"
