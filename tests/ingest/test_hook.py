"""What Claude Code tells its hooks, and the transcript beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from relayburn.errors import InvalidInput
from relayburn.ingest.hook import ingest_claude_hook
from relayburn.ingest.hook_drafts import draft_event, relationship_of
from relayburn.ledger.query import query_relationships, query_tool_result_events
from relayburn.reader.hashing import content_hash
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest.users import SESSION, User, answer, append, prompt
from tests.reader.claude_lines import tool_result, tool_use, user

BOTH = pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)


class Hooked(User):
    """A user whose session calls hooks."""

    def call(self, name: str, path: Path, quiet: bool = False, **fields: Any) -> int:
        payload = {"session_id": SESSION, "transcript_path": str(path), "hook_event_name": name, **fields}
        return self.call_with(json.dumps(payload), quiet=quiet)

    def call_with(self, text: str, *, quiet: bool = False) -> int:
        return ingest_claude_hook(self.home, text, log=self.said.append, quiet=quiet, semantics=self.semantics)

    def events(self) -> list[tuple[str, str, int, int]]:
        """Tool use, status and indexes of the session's events."""
        return [
            (event["toolUseId"], event["status"], event["callIndex"], event["eventIndex"])
            for event in query_tool_result_events(self.home, semantics=self.semantics)
        ]


@BOTH
def test_the_same_news_is_taken_once(tmp_path: Path, semantics: Semantics) -> None:
    someone = Hooked(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"))
    for _ in range(2):
        someone.call("PreToolUse", path, tool_use_id="t1")
        someone.call("PostToolUse", path, tool_use_id="t1", tool_response={"success": False})
        someone.call("Notification", path, tool_use_id="t1", message="waiting")
    someone.call("Notification", path, tool_use_id="t1", message="still waiting")

    assert someone.events() == [
        *(("t1", "running", 0, 0), ("t1", "errored", 1, 1)),
        *(("t1", "unknown", 2, 2), ("t1", "unknown", 3, 3)),
    ]


@BOTH
def test_the_transcript_does_not_tell_again_what_a_hook_told(tmp_path: Path, semantics: Semantics) -> None:
    someone = Hooked(tmp_path, semantics=semantics)
    calls = answer("m1", content=[tool_use("t1"), tool_use("t2")], stop_reason="tool_use")
    path = someone.claude(prompt("hi"), calls)
    someone.call("PostToolUse", path, tool_use_id="t1", tool_response="out")
    append(path, user([tool_result("t1", "out"), tool_result("t2", "two")], "u2"), answer("m2", second=2))
    someone.call("Stop", path)

    assert someone.events() == [("t1", "completed", 0, 0), ("t2", "completed", 0, 1)]
    assert someone.outputs() == {"m1": 20, "m2": 20}


@BOTH
def test_a_pass_leaves_alone_what_a_hook_has_read(tmp_path: Path, semantics: Semantics) -> None:
    someone = Hooked(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), answer("m1"))
    someone.call("Stop", path)
    report = someone.ingest()

    assert (report.scanned_sessions, report.appended_turns) == (1, 0)
    assert someone.said == [f"[burn] ingested 1 turns from {path}"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (" \n\ufeff", 0, ["[burn] ingest: empty stdin payload, nothing to do"]),
        ("[1]", 0, ["[burn] ingest: payload missing session_id or transcript_path; ignoring"]),
        (
            '{"session_id": 5, "transcript_path": "/x"}',
            0,
            ["[burn] ingest: payload missing session_id or transcript_path; ignoring"],
        ),
        ('{"session_id": "s", "transcript_path": "/x/y"}', 0, ["[burn] ingest: no transcript at /x/y"]),
        ('{"session_id": "s", "transcript_path": "/"}', 0, []),
        ('{"session_id": "s", "transcript_path": "a\\u0000b"}', 0, ["[burn] ingest: no transcript at a\0b"]),
    ],
)
def test_a_payload_that_says_little_does_little(tmp_path: Path, text: str, code: int, said: list[str]) -> None:
    loud, quiet = Hooked(tmp_path / "loud"), Hooked(tmp_path / "quiet")

    assert (loud.call_with(text), loud.said) == (code, said)
    assert (quiet.call_with(text, quiet=True), quiet.said) == (code, [])
    assert not loud.home.path.exists()


def test_a_payload_that_is_no_json_is_an_error_even_when_quiet(tmp_path: Path) -> None:
    someone = Hooked(tmp_path)

    assert someone.call_with("{oops", quiet=True) == 1
    assert someone.said[0].startswith("[burn] ingest: invalid JSON payload: ")


def test_a_payload_of_null_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        Hooked(tmp_path).call_with("null")


def test_an_error_is_told_and_the_session_goes_on(tmp_path: Path) -> None:
    someone = Hooked(tmp_path)
    path = someone.claude(prompt("hi"), answer("m1", cwd=42))

    assert someone.call("Stop", path) == 0
    assert someone.said == ["[burn] ingest: working directory must be a text, got 42"]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "failure"}, "errored"),
        ({"status": "canceled"}, "cancelled"),
        ({"status": "odd", "isError": True}, "errored"),
        ({"error": "", "interrupted": True}, "cancelled"),
        ({"error_message": "boom", "cancelled": True}, "errored"),
        ({"interrupted": "yes"}, "completed"),
    ],
)
def test_a_subagent_ends_in_one_of_three_ways(fields: dict[str, Any], status: str) -> None:
    event = draft_event({"hook_event_name": "SubagentStop", "agent_id": "a1", **fields})

    assert event is not None
    assert (event["toolUseId"], event["status"], event.get("isError")) == ("a1", status, status == "errored" or None)


@pytest.mark.parametrize(
    ("response", "status"),
    [
        ({"is_error": True}, "errored"),
        ({"isError": "true"}, "completed"),
        ({"success": False}, "errored"),
        ([False], "completed"),
        (None, "completed"),
    ],
)
def test_a_call_ends_well_unless_it_says_otherwise(response: Any, status: str) -> None:
    event = draft_event({"hook_event_name": "PostToolUse", "toolUseId": "t1", "tool_response": response})

    assert event is not None
    assert event["status"] == status
    assert ("contentHash" in event) == (response is not None)


def test_what_a_subagent_says_last_is_measured_as_text() -> None:
    event = draft_event({"hook_event_name": "SubagentStop", "agent_id": "a1", "last_assistant_message": "né🙂"})

    assert event is not None
    assert (event["contentLength"], event["contentHash"]) == (4, content_hash("né🙂"))


@pytest.mark.parametrize("name", ["Stop", "UnknownEvent", "", None, 5])
def test_other_events_tell_nothing(name: object) -> None:
    assert draft_event({"hook_event_name": name, "tool_use_id": "t1"}) is None
    assert relationship_of({"hook_event_name": name, "agent_id": "a1"}, "s1") is None


@BOTH
def test_a_subagent_that_ends_is_related_to_its_session(tmp_path: Path, semantics: Semantics) -> None:
    someone = Hooked(tmp_path, semantics=semantics)
    path = someone.claude()
    for _ in range(2):
        someone.call("SubagentStop", path, agent_id="a1", agent_type="Explore", parent_tool_use_id="t1")

    rows = query_relationships(someone.home, semantics=semantics)
    assert rows == [
        {
            "v": 1,
            "source": "claude-code",
            "sessionId": SESSION,
            "relationshipType": "subagent",
            "relatedSessionId": SESSION,
            "agentId": "a1",
            "parentToolUseId": "t1",
            "subagentType": "Explore",
        }
    ]
