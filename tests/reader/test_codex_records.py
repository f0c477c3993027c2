"""User turns, tool calls, results, links and content of a rollout (reader-codex.md 5 and 6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from relayburn.reader.codex import CodexOptions, parse_codex_session_incremental
from relayburn.records import UNSET, ToolResultEventRecord, to_wire
from tests.reader.codex_lines import (
    SESSION,
    TIME,
    call,
    complete,
    event,
    item,
    line,
    log,
    meta,
    output,
    parse,
    patch,
    says,
    started,
)

CONTENT_PIECES = ("text", "toolUse", "toolResult")


def results_in_turn(path: Path, *lines: Any) -> list[ToolResultEventRecord]:
    return parse(path, started("t1"), *lines, complete("t1")).tool_result_events


def test_a_prompt_written_after_its_start_leads_to_the_next_turn(tmp_path: Path) -> None:
    lines = [meta(), started("t1"), says("user", "first"), complete("t1"), started("t2"), complete("t2")]

    assert [turn.user_uuid for turn in parse(tmp_path, *lines).user_turns] == [f"{SESSION}:t1->t2"]


def test_a_prompt_before_the_first_turn_starts_the_session(tmp_path: Path) -> None:
    (turn,) = parse(tmp_path, meta(), says("user", "first"), started("t1"), complete("t1")).user_turns

    assert (turn.user_uuid, turn.preceding_message_id) == (f"{SESSION}:start->t1", UNSET)


def test_a_user_turn_has_the_time_of_its_first_timed_block(tmp_path: Path) -> None:
    said = [says("user", "a", timestamp=...), says("user", "b", timestamp="second")]

    (timed,) = parse(tmp_path, *said, started("t1"), complete("t1")).user_turns
    (untimed,) = parse(tmp_path, said[0], started("t1", "start"), complete("t1")).user_turns

    assert (timed.ts, untimed.ts) == ("second", "start")


def test_blocks_that_wait_for_the_next_turn_keep_their_time_in_the_state(tmp_path: Path) -> None:
    first = log(started("t1"), says("user", "a", timestamp="asked"), complete("t1"))
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(first + log(started("t2", "later"), complete("t2")))
    (tmp_path / "before.jsonl").write_bytes(first)
    state = parse_codex_session_incremental(tmp_path / "before.jsonl").resume

    (turn,) = parse_codex_session_incremental(file, CodexOptions(start_offset=len(first), resume=state)).user_turns

    assert (turn.ts, turn.preceding_message_id) == ("asked", "t1")


@pytest.mark.parametrize(
    "text",
    [
        "<environment_context>",
        "\ufeff\n <ENVIRONMENT_Context x",
        "<permissions all",
        "<collaboration_mode>",
        "<INSTRUCTIONS>",
        " # \u3000Agents.MD in /w",
    ],
)
def test_what_the_harness_puts_into_a_user_message_is_left_out(tmp_path: Path, text: str) -> None:
    found = parse(tmp_path, says("user", text, "mine"), says("user", text), started("t1"), complete("t1"))

    assert [[block.byte_len for block in turn.blocks] for turn in found.user_turns] == [[4]]


@pytest.mark.parametrize("text", ["<instructions>", "x<environment_context>", "\x1c<permissions", "# AGENTS,md"])
def test_what_only_looks_like_boilerplate_is_kept(tmp_path: Path, text: str) -> None:
    found = parse(tmp_path, says("user", text), started("t1"), complete("t1"))

    assert len(found.user_turns) == 1


def test_boilerplate_is_left_out_of_user_messages_only(tmp_path: Path) -> None:
    found = parse(tmp_path, started("t1"), says("assistant", "<permissions"), complete("t1"), content_mode="full")

    assert [record.text for record in found.content] == ["<permissions"]


@pytest.mark.parametrize(
    ("name", "arguments", "target"),
    [
        ("exec_command", {"command": "b", "cmd": "a", "path": "p"}, "a"),
        ("shell", {"command": ["ls"]}, UNSET),
        ("shell", {"cmd": "", "command": "b"}, ""),
        ("read_file", {"file_path": "f", "path": 5}, "f"),
        ("other", {"url": "u", "command": "c"}, "c"),
        ("other", "not json", UNSET),
        ("other", ["path"], UNSET),
    ],
)
def test_the_target_of_a_call_is_the_first_text_among_the_keys_of_its_tool(
    tmp_path: Path, name: str, arguments: Any, target: Any
) -> None:
    (turn,) = parse(tmp_path, started("t1"), call("c1", name, arguments), complete("t1")).turns

    assert [tool_call.target for tool_call in turn.tool_calls] == [target]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("*** Begin Patch\r\n*** Update File: src/a b.py \r\n*** Add File: c", "src/a b.py"),
        ("say *** Delete\n File:\n\n x\u2028y", "x"),
        ("***Update File: a", UNSET),
        ("*** update File: a", UNSET),
        ("*** Move to: a", UNSET),
        ("*** Add File:  \n ", UNSET),
        (None, UNSET),
    ],
)
def test_the_target_of_a_patch_is_the_first_file_it_names(tmp_path: Path, text: Any, target: Any) -> None:
    (turn,) = parse(tmp_path, started("t1"), patch("c1", text), complete("t1")).turns

    assert [tool_call.target for tool_call in turn.tool_calls] == [target]


def test_a_call_id_counts_once_in_its_turn_and_again_in_the_next(tmp_path: Path) -> None:
    lines = [call("c1"), patch("c1", "x"), call("c1", "other")]
    found = parse(tmp_path, call("c0"), started("t1"), *lines, complete("t1"), started("t2"), *lines, complete("t2"))

    assert [[tool_call.name for tool_call in turn.tool_calls] for turn in found.turns] == [["exec_command"]] * 2


def test_a_failure_told_after_the_output_marks_it_at_the_end_of_the_turn(tmp_path: Path) -> None:
    failed = event("exec_command_end", turn_id="t1", call_id="c1", exit_code=2)

    (before,) = results_in_turn(tmp_path, failed, output("c1"))
    (after,) = results_in_turn(tmp_path, output("c1"), failed)

    assert before == after
    assert (after.status, after.is_error) == ("errored", True)


@pytest.mark.parametrize("exit_code", [0, -0.0, "1", None, True])
def test_only_a_number_other_than_0_is_a_failure(tmp_path: Path, exit_code: Any) -> None:
    ended = event("exec_command_end", turn_id="t1", call_id="c1", exit_code=exit_code)

    assert [result.status for result in results_in_turn(tmp_path, output("c1"), ended)] == ["completed"]


def test_an_output_outside_a_turn_stays_unknown_and_stands_before_the_open_ones(tmp_path: Path) -> None:
    found = parse(tmp_path, started("t1"), output("c1"), complete("t1"), output("c2"), started("t2"), complete("t2"))

    assert [(result.tool_use_id, result.status, result.message_id) for result in found.tool_result_events] == [
        ("c1", "completed", "t1"),
        ("c2", "unknown", UNSET),
    ]


def test_the_length_of_an_output_counts_utf16_units_and_its_block_utf8_bytes(tmp_path: Path) -> None:
    found = parse(tmp_path, output("c1", "🙂\ud800"), started("t1"), complete("t1"))

    assert found.tool_result_events[0].content_length == 3
    assert found.user_turns[0].blocks[0].byte_len == 7


def test_structured_output_is_measured_as_javascript_writes_it(tmp_path: Path) -> None:
    found = parse(tmp_path, output("c1", {"b": 1.0, "0": "\ud800"}), started("t1"), complete("t1"))

    assert found.tool_result_events[0].content_length == len('{"0":"\\ud800","b":1}')


def test_no_output_has_a_block_but_no_length(tmp_path: Path) -> None:
    found = parse(tmp_path, output("c1", None), started("t1"), complete("t1"))

    assert (found.tool_result_events[0].content_length, found.tool_result_events[0].content_hash) == (UNSET, UNSET)
    assert found.user_turns[0].blocks[0].byte_len == 0


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"success": False, "status": "completed"}, "errored"),
        ({"success": True, "status": "failed"}, "completed"),
        ({"success": "no", "status": "ERROR"}, "errored"),
        ({"status": "Canceled"}, "cancelled"),
        ({"status": "odd"}, "completed"),
        ({}, "completed"),
    ],
)
def test_a_notification_tells_how_its_subagent_ended(tmp_path: Path, fields: dict[str, Any], status: str) -> None:
    (result,) = results_in_turn(tmp_path, event("subagent_task_complete", call_id="c1", **fields))

    assert (result.status, result.is_error) == (status, True if status == "errored" else UNSET)


@pytest.mark.parametrize(
    ("kind", "count"), [("subagent_done", 1), ("subagentdone", 0), ("subagent_completed", 0), ("Subagent_done", 0)]
)
def test_which_events_are_notifications(tmp_path: Path, kind: str, count: int) -> None:
    assert len(results_in_turn(tmp_path, event(kind, call_id="c1"), event(kind, call_id=""))) == count


def test_a_spawn_gives_one_row_with_the_first_child_known(tmp_path: Path) -> None:
    found = parse(
        tmp_path,
        started("t1"),
        call("c1", "spawn_agent", {"type": "explorer", "task": "look"}, "called"),
        event("subagent_done", "told", call_id="c1", agent_id="first"),
        output("c1", '{"session_id": "second"}', "answered"),
        complete("t1"),
    )

    assert [to_wire(row) for row in found.relationships] == [
        {
            "v": 1,
            "source": "codex",
            "sessionId": "first",
            "relatedSessionId": "",
            "relationshipType": "subagent",
            "parentToolUseId": "c1",
            "agentId": "first",
            "subagentType": "explorer",
            "description": "look",
            "ts": "told",
        }
    ]
    assert [result.agent_id for result in found.tool_result_events] == ["first", "second"]


def test_a_spawn_is_forgotten_with_its_turn(tmp_path: Path) -> None:
    found = parse(
        tmp_path,
        started("t1"),
        call("c1", "spawn_agent"),
        complete("t1"),
        output("c1", {"agent_id": "child"}),
        started("t2"),
        output("c1", {"agent_id": "child"}),
        complete("t2"),
    )

    assert found.relationships == []
    assert [result.agent_id for result in found.tool_result_events] == [UNSET, UNSET]


def test_a_fork_is_told_once_and_never_of_itself(tmp_path: Path) -> None:
    forked = meta("s", forkSessionId="", fork_session_id="parent", continuedFromSessionId="s", version="1.2")
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(log(forked, forked, started("t1"), complete("t1"), forked, started("t2"), complete("t2")))

    found = parse_codex_session_incremental(file)
    again = parse_codex_session_incremental(file, CodexOptions(resume=found.resume))

    assert [(row.relationship_type, row.related_session_id, row.source_version) for row in found.relationships] == [
        ("root", UNSET, "1.2"),
        ("fork", "parent", "1.2"),
    ]
    assert again.relationships == []


@pytest.mark.parametrize(("own", "root", "fork"), [("", UNSET, TIME), ("own", "own", "own"), (7, TIME, TIME)])
def test_when_a_session_row_happened(tmp_path: Path, own: Any, root: Any, fork: Any) -> None:
    found = parse(tmp_path, meta("s", timestamp=own, forkSessionId="p"), started("t1"), complete("t1"))

    assert [row.ts for row in found.relationships] == [root, fork]


def test_content_before_a_turn_goes_to_the_turn_that_takes_it_up(tmp_path: Path) -> None:
    found = parse(
        tmp_path,
        says("user", "ask"),
        output("c0", {"late": 2**53 + 1}),
        started("t1"),
        item("reasoning", summary=[{"text": "think"}, {}], content=[{"text": "hard"}]),
        call("c1", arguments={"n": 1.0}),
        patch("c2", None),
        says("assistant", "done"),
        complete("t1"),
        content_mode="full",
    )

    records = [to_wire(record) for record in found.content]
    assert {record["messageId"] for record in records} == {"t1"}
    assert [
        (record["role"], record["kind"], next(record[piece] for piece in CONTENT_PIECES if piece in record))
        for record in records
    ] == [
        ("user", "text", "ask"),
        ("tool_result", "tool_result", {"toolUseId": "c0", "content": {"late": 2**53}}),
        ("assistant", "thinking", "think\nhard"),
        ("assistant", "tool_use", {"id": "c1", "name": "exec_command", "input": {"n": 1}}),
        ("assistant", "tool_use", {"id": "c2", "name": "apply_patch", "input": {"input": ""}}),
        ("assistant", "text", "done"),
    ]


def test_a_line_without_a_time_is_told_without_one(tmp_path: Path) -> None:
    found = parse(tmp_path, meta(), line("compacted", ...), started("t1", ...), output("c1", "x", ...), complete("t1"))

    assert found.events[0].ts == ""
    assert found.turns[0].ts == ""
    assert found.tool_result_events[0].ts is UNSET
