"""Logs that Claude Code keeps for the subagents of a session."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from relayburn.ingest.hook import ingest_claude_hook
from relayburn.ingest.single_session import ingest_claude_session
from relayburn.ledger.query import query_relationships
from relayburn.semantics import TS_1_10
from tests.ingest.users import SESSION, User, answer, append, prompt
from tests.reader.claude_lines import log, tool_result, tool_use, user

CALL = answer(
    "m1", 10, content=[tool_use("t1", "Task", subagent_type="explorer", description="look")], stop_reason="tool_use"
)
RESULT = user([tool_result("t1", "seen")], "u2", toolUseResult={"agentId": "abc"})
SIDE = {"isSidechain": True, "agentId": "abc"}


def side(message: str, output: int, **more: Any) -> dict[str, Any]:
    return answer(message, output, **SIDE, **more)


@pytest.fixture
def someone(tmp_path: Path) -> User:
    return User(tmp_path)


def subagent(someone: User, *lines: Any, agent: str = "abc", **meta: str) -> Path:
    folder = someone.user_home / ".claude/projects/-work-shop" / SESSION / "subagents"
    folder.mkdir(parents=True, exist_ok=True)
    if meta:
        (folder / f"agent-{agent}.meta.json").write_text(json.dumps(meta))
    path = folder / f"agent-{agent}.jsonl"
    path.write_bytes(log(*lines))
    return path


def subagents(someone: User) -> dict[str, Any]:
    return {turn["messageId"]: turn.get("subagent") for turn in someone.turns()}


def test_what_a_subagent_spent_counts(someone: User) -> None:
    someone.claude(prompt("hi"), CALL, RESULT)
    subagent(someone, prompt("look", "s1", **SIDE), side("m7", 700))
    report = someone.ingest()

    assert someone.outputs() == {"m1": 10, "m7": 700}
    assert report.counters() == {"scannedSessions": 1, "ingestedSessions": 1, "appendedTurns": 2}


def test_what_the_subagents_of_one_session_spent_counts(someone: User) -> None:
    someone.claude(prompt("hi"), CALL, RESULT)
    subagent(someone, prompt("look", "s1", **SIDE), side("m7", 700))
    report = ingest_claude_session(someone.home, "/work/shop", SESSION, log=someone.said.append)

    assert someone.outputs() == {"m1": 10, "m7": 700}
    assert report.counters() == {"scannedSessions": 1, "ingestedSessions": 1, "appendedTurns": 2}


def test_the_reference_loses_it(tmp_path: Path) -> None:
    someone = User(tmp_path, semantics=TS_1_10)
    someone.claude(prompt("hi"), CALL, RESULT)
    subagent(someone, prompt("look", "s1", **SIDE), side("m7", 700))
    someone.ingest()

    assert someone.outputs() == {"m1": 10}


def test_a_subagent_is_tied_to_the_call_that_its_result_names(someone: User) -> None:
    someone.claude(prompt("hi"), CALL, RESULT)
    subagent(someone, prompt("look", "s1", **SIDE), side("m7", 700))
    someone.ingest()

    tied = {"parentToolUseId": "t1", "subagentType": "explorer", "description": "look"}
    assert subagents(someone)["m7"] == {"isSidechain": True, "agentId": "abc", "parentAgentId": SESSION} | tied
    rows = [row for row in query_relationships(someone.home) if row["relationshipType"] == "subagent"]
    assert [(row["sessionId"], row["agentId"], row["parentToolUseId"]) for row in rows] == [(SESSION, "abc", "t1")]


def test_a_subagent_is_tied_to_the_call_that_it_was_told_of(someone: User) -> None:
    someone.claude(prompt("hi"), CALL)
    subagent(someone, side("m7", 700), toolUseId="t1", agentType="own type")
    subagent(someone, side("m8", 800), agent="def", toolUseId="t-unheard-of")
    someone.ingest()

    found = subagents(someone)
    assert (found["m7"]["parentToolUseId"], found["m7"]["subagentType"]) == ("t1", "own type")
    assert "parentToolUseId" not in found["m8"]


def test_a_call_that_is_known_later_ties_what_was_read_before(someone: User) -> None:
    path = someone.claude(prompt("hi"), CALL)
    subagent(someone, side("m7", 700))
    someone.ingest()
    before = subagents(someone)["m7"]
    someone.ingest()
    append(path, prompt("unrelated", "u9"))
    someone.ingest()
    append(path, RESULT)
    someone.ingest()

    assert "parentToolUseId" not in before
    assert subagents(someone)["m7"]["parentToolUseId"] == "t1"
    assert someone.outputs() == {"m1": 10, "m7": 700}


def test_a_copy_of_the_conversation_is_not_counted_again(someone: User) -> None:
    someone.claude(prompt("hi"), CALL, RESULT, answer("m2", 20, second=2))
    subagent(someone, prompt("hi", **SIDE), side("m1", 10), side("m2", 20), side("m7", 700))
    someone.ingest()

    assert someone.outputs() == {"m1": 10, "m2": 20, "m7": 700}
    assert subagents(someone)["m2"] is None


def test_a_subagent_goes_on_between_passes(someone: User) -> None:
    someone.claude(prompt("hi"), CALL)
    path = subagent(someone, prompt("look", "s1", **SIDE), side("m7", 7, stop_reason=None))
    someone.ingest()
    append(path, side("m7", 700, second=2), side("m8", 800, second=3))
    someone.ingest()

    assert someone.outputs() == {"m1": 10, "m7": 700, "m8": 800}
    assert {found["agentId"] for found in subagents(someone).values() if found} == {"abc"}


def test_a_log_whose_session_is_gone_counts(someone: User) -> None:
    subagent(someone, side("m7", 700))
    report = someone.ingest()

    assert report.counters() == {"scannedSessions": 0, "ingestedSessions": 0, "appendedTurns": 1}
    assert someone.turns(session_id=SESSION)[0]["subagent"]["agentId"] == "abc"


def test_a_subagents_log_says_nothing_of_where_the_session_comes_from(someone: User) -> None:
    someone.claude(prompt("hi", timestamp="2026-01-01T00:00:00.000Z"), CALL)
    subagent(someone, prompt("look", "s1", **SIDE), side("m7", 700))
    someone.ingest()

    roots = [row for row in query_relationships(someone.home) if row["relationshipType"] == "root"]
    assert [(row["sessionId"], row["ts"]) for row in roots] == [(SESSION, "2026-01-01T00:00:00.000Z")]


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b'{"toolUseId": 5}', b"\xff"])
def test_a_damaged_description_describes_nothing(someone: User, junk: bytes) -> None:
    someone.claude(prompt("hi"), CALL)
    path = subagent(someone, side("m7", 700))
    path.with_suffix(".meta.json").write_bytes(junk)
    report = someone.ingest()

    assert report.failures == []
    assert someone.outputs() == {"m1": 10, "m7": 700}


def test_what_was_read_stays_when_the_logs_are_removed(someone: User) -> None:
    someone.claude(prompt("hi"), CALL)
    subagent(someone, side("m7", 700))
    someone.ingest()
    shutil.rmtree(someone.user_home)
    someone.ingest()

    assert someone.outputs() == {"m1": 10, "m7": 700}


def test_a_hook_that_names_a_subagents_log_reads_it_as_one(someone: User) -> None:
    someone.claude(prompt("hi"), CALL, RESULT)
    path = subagent(someone, side("m7", 700))
    payload = {"session_id": SESSION, "transcript_path": str(path), "hook_event_name": "SubagentStop"}
    ingest_claude_hook(someone.home, json.dumps(payload), log=someone.said.append)
    someone.ingest()

    assert subagents(someone)["m7"]["parentToolUseId"] == "t1"
    assert [row["sessionId"] for row in query_relationships(someone.home) if row["relationshipType"] == "root"] == [
        SESSION
    ]


@pytest.mark.parametrize("damage", [None, "x", 1.5])
def test_a_damaged_cursor_of_a_subagent_starts_to_look_anew(someone: User, damage: Any) -> None:
    path = someone.claude(prompt("hi"), CALL)
    subagent(someone, side("m7", 700))
    someone.ingest()
    stored = json.loads(someone.home.cursors.read_text())
    for cursor in stored["files"].values():
        cursor["mainBytes"] = damage
    someone.home.cursors.write_text(json.dumps(stored))
    append(path, RESULT)
    someone.ingest()

    assert subagents(someone)["m7"]["parentToolUseId"] == "t1"
