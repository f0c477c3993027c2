"""Turns of a rollout: what they used, what they are about, and where they end (reader-codex.md 5 and 6)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from relayburn.errors import InvalidProject, LogUnreadable, SpecialToken, UnreadablePatch, UnsupportedTokenizer
from relayburn.reader.codex import (
    CodexOptions,
    parse_codex_session,
    parse_codex_session_incremental,
    read_codex_session_id_hint,
    resume_from_wire,
)
from relayburn.records import UNSET, Usage, to_wire
from relayburn.semantics import CURRENT, TS_1_10
from tests.reader.codex_lines import (
    call,
    complete,
    context,
    event,
    line,
    log,
    meta,
    output,
    parse,
    patch,
    says,
    started,
    usage,
    used,
)


def test_the_worked_example_of_the_specification(tmp_path: Path) -> None:
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(
        log(
            meta("S", cwd="/w"),
            used(500, cached=400, output=10),
            context("T1", model="m1"),
            started("T1"),
            says("user", "fix it", timestamp="asked"),
            call("c1", arguments={"cmd": "ls"}),
            output("c1", "a"),
            event("exec_command_end", turn_id="T1", call_id="c1", exit_code=1),
            used(1500, cached=900, output=60, reasoning=20),
            complete("T1"),
            says("user", "again"),
            started("T2"),
            complete("T2"),
        )
    )

    found = parse_codex_session_incremental(file, CodexOptions(tokenizer="heuristic"), semantics=TS_1_10)

    first, second = found.turns
    assert first.usage == Usage(input=500, cache_read=500, output=50, reasoning=20)
    assert second.usage == Usage()
    assert [turn.fidelity.fidelity_class for turn in found.turns if turn.fidelity] == ["full", "partial"]
    (result,) = found.tool_result_events
    assert (result.status, result.is_error, result.event_index) == ("errored", True, 0)
    (user_turn,) = found.user_turns
    assert (user_turn.user_uuid, user_turn.ts) == ("S:T1->T2", "asked")
    assert [(block.kind, block.byte_len, block.is_error) for block in user_turn.blocks] == [
        ("text", 6, UNSET),
        ("tool_result", 1, True),
        ("text", 5, UNSET),
    ]
    assert [row.relationship_type for row in found.relationships] == ["root"]
    assert to_wire(found.resume.cumulative) == {"input": 600, "output": 60, "cacheRead": 900, "reasoning": 20}
    assert to_wire(found.resume.user_turn_slot) == {"blocks": [], "ts": "", "precedingMessageId": "T2"}


def test_an_interrupted_turn_counts_but_its_results_and_rows_are_dropped(tmp_path: Path) -> None:
    spawn = call("c1", "spawn_agent", {"agent_id": "child"})
    found = parse(
        tmp_path, meta(), started("t1"), spawn, output("c1"), used(9), started("t2"), output("c1"), complete("t2")
    )

    assert [(turn.message_id, turn.usage.input) for turn in found.turns] == [("t1", 9), ("t2", 0)]
    assert [row.relationship_type for row in found.relationships] == ["root"]
    assert [(result.event_index, result.call_index) for result in found.tool_result_events] == [(1, 1)]


def test_what_follows_the_last_completed_turn_is_left_for_the_next_call(tmp_path: Path) -> None:
    done = log(meta(), started("t1"), complete("t1"))
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(done + log(line("compacted"), started("t2"), says("user", "more")))

    found = parse_codex_session_incremental(file, CodexOptions())

    assert found.end_offset == len(done)
    assert (len(found.turns), found.events) == (1, [])


def test_usage_between_turns_belongs_to_no_turn(tmp_path: Path) -> None:
    found = parse(
        tmp_path, used(100), started("t1"), used(150), complete("t1"), used(900), started("t2"), complete("t2")
    )

    assert [turn.usage.input for turn in found.turns] == [50, 0]


def test_totals_that_fall_count_nothing_each_field_for_itself(tmp_path: Path) -> None:
    found = parse(tmp_path, used(100, output=50), started("t1"), used(20, output=70), complete("t1"))

    assert (found.turns[0].usage.input, found.turns[0].usage.output) == (0, 20)


def test_totals_are_read_as_javascript_reads_numbers(tmp_path: Path) -> None:
    odd = usage(input_tokens=" 0x10 ", cached_input_tokens=True, output_tokens=["5"], reasoning_output_tokens=None)
    found = parse(tmp_path, started("t1"), odd, complete("t1"))

    assert found.turns[0].usage == Usage(input=15, cache_read=1, output=5, reasoning=0)


def test_a_total_that_is_no_number_spoils_its_field_of_two_turns(tmp_path: Path) -> None:
    lines = [started("t1"), used(10, output="many"), complete("t1"), started("t2"), used(20, output=5), complete("t2")]
    found = parse(tmp_path, *lines, started("t3"), used(30, output=7), complete("t3"))

    assert [turn.usage.output for turn in found.turns] == [None, None, 2]
    assert [turn.usage.input for turn in found.turns] == [10, 10, 10]


def test_the_tokens_before_a_compaction_are_those_of_the_last_completed_turn(tmp_path: Path) -> None:
    found = parse(
        tmp_path,
        meta(),
        line("compacted"),
        started("t1"),
        used(90, cached=80),
        complete("t1"),
        started("t2"),
        used(200, cached=180),
        line("compacted"),
        complete("t2"),
    )

    assert [(event.preceding_message_id, event.tokens_before_compact) for event in found.events] == [
        (UNSET, UNSET),
        ("t1", 80),
    ]


def test_a_context_fills_only_what_its_own_open_turn_lacks(tmp_path: Path) -> None:
    found = parse(
        tmp_path,
        context("t1", model="first"),
        started("t1"),
        context("t2", model="second", cwd="/nowhere/b"),
        context("t1", model="late", cwd="/nowhere/a"),
        complete("t1"),
        started("t2"),
        complete("t2"),
    )

    assert [(turn.model, turn.project) for turn in found.turns] == [("first", "/nowhere/a"), ("second", "/nowhere/b")]


def test_a_model_that_is_no_text_is_passed_on(tmp_path: Path) -> None:
    found = parse(tmp_path, context("t1", model=5), started("t1"), complete("t1"))

    assert to_wire(found)["turns"][0]["model"] == 5


@pytest.mark.parametrize("turn_id", [None, 42, ["t1"]])
def test_a_turn_needs_a_text_as_its_id(tmp_path: Path, turn_id: object) -> None:
    assert parse(tmp_path, started(turn_id), complete(turn_id)).turns == []


def test_the_empty_text_is_a_turn_id(tmp_path: Path) -> None:
    assert [turn.message_id for turn in parse(tmp_path, started(""), complete("")).turns] == [""]


def test_all_turns_of_a_call_have_the_session_of_its_last_commit(tmp_path: Path) -> None:
    lines = meta("a"), started("t1"), says("user", "x"), complete("t1"), meta("b"), started("t2"), complete("t2")

    found = parse(tmp_path, *lines, semantics=TS_1_10)

    assert [turn.session_id for turn in found.turns] == ["b", "b"]
    assert [(row.session_id, row.relationship_type) for row in found.relationships] == [("a", "root")]


def test_under_current_a_fork_keeps_its_own_id_where_its_parent_is_replayed(tmp_path: Path) -> None:
    parent = meta("parent", cwd="/elsewhere", forkSessionId="grandparent")
    found = parse(tmp_path, meta("fork", cwd="/work"), parent, started("t1"), complete("t1"), meta("fork"))

    assert [(turn.session_id, turn.project) for turn in found.turns] == [("fork", "/work")]
    assert [(row.session_id, row.relationship_type) for row in found.relationships] == [("fork", "root")]


def test_a_turn_is_classified_by_what_was_asked_before_and_in_it(tmp_path: Path) -> None:
    found = parse(tmp_path, says("user", "please brainstorm"), says("assistant", "lost"), started("t1"), complete("t1"))
    alone = parse(tmp_path, started("t1"), says("assistant", "please brainstorm"), complete("t1"))

    assert [turn.activity for turn in (*found.turns, *alone.turns)] == ["brainstorming", "brainstorming"]


def test_only_the_patch_that_was_applied_touches_files(tmp_path: Path) -> None:
    changes = {"b.py": {}, "10": {}, "9": {}}
    found = parse(
        tmp_path,
        started("t1"),
        patch("c1", "*** Update File: named.py"),
        event("patch_apply_end", turn_id="t1", call_id="c1", success=True, changes=changes),
        event("patch_apply_end", turn_id="t1", call_id="c2", success=False, changes={"failed.py": {}}),
        event("patch_apply_end", turn_id="t0", call_id="c3", success=True, changes={"elsewhere.py": {}}),
        event("patch_apply_end", turn_id="t1", call_id="c4", changes=[{}]),
        complete("t1"),
    )

    assert found.turns[0].files_touched == ["9", "10", "b.py", "0"]


def test_the_first_line_names_the_session(tmp_path: Path) -> None:
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(b"\xef\xbb\xbf " + log(meta("named"), meta("other")))

    assert read_codex_session_id_hint(file) == "named"


def test_a_hint_needs_no_line_end_but_all_of_the_line_in_8192_bytes(tmp_path: Path) -> None:
    file = tmp_path / "rollout.jsonl"
    fits = json.dumps(meta("named")).encode()
    file.write_bytes(fits)
    assert read_codex_session_id_hint(file) == "named"

    file.write_bytes(json.dumps(meta("named", more="x" * 8192)).encode())
    assert read_codex_session_id_hint(file) is None


@pytest.mark.parametrize(
    "first",
    [b"", b"\n", b"{", line("event_msg", id="x"), meta(""), meta(7), {"type": "session_meta", "payload": ["id"]}],
)
def test_a_first_line_without_an_id_gives_no_hint(tmp_path: Path, first: object) -> None:
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(log(first, meta("second")))

    assert read_codex_session_id_hint(file) is None
    assert read_codex_session_id_hint(tmp_path / "missing.jsonl") is None
    assert read_codex_session_id_hint(tmp_path) is None


def test_a_file_that_cannot_be_read_fails_the_parse(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(LogUnreadable):
            parse_codex_session(path)


def test_a_directory_that_is_no_text_fails_the_parse_once_its_turn_is_committed(tmp_path: Path) -> None:
    lines = [context("t1", cwd=12), started("t1")]

    assert parse(tmp_path, *lines).turns == []
    with pytest.raises(InvalidProject):
        parse(tmp_path, *lines, complete("t1"))


@pytest.mark.parametrize("text", [5, ["*** Update File: a"], {}, False])
def test_a_patch_that_is_no_text_fails_the_parse(tmp_path: Path, text: object) -> None:
    assert parse(tmp_path, patch("c1", text)).turns == []
    with pytest.raises(UnreadablePatch):
        parse(tmp_path, started("t1"), patch("c1", text))


def test_an_unknown_tokenizer_fails_only_where_there_is_something_to_read(tmp_path: Path) -> None:
    assert parse(tmp_path, tokenizer="o200k").turns == []
    with pytest.raises(UnsupportedTokenizer):
        parse(tmp_path, "x", tokenizer="o200k")


def test_a_special_token_fails_the_reference_even_where_nothing_is_committed(tmp_path: Path) -> None:
    lines = [started("t1"), output("c1", "a<|endoftext|>b")]

    with pytest.raises(SpecialToken):
        parse(tmp_path, *lines, tokenizer="cl100k", semantics=TS_1_10)
    found = parse(
        tmp_path, *lines, complete("t1"), started("t2"), complete("t2"), tokenizer="cl100k", semantics=CURRENT
    )
    assert found.user_turns[0].blocks[0].approx_tokens == 9


def test_with_nothing_to_read_the_state_comes_back_in_full_form(tmp_path: Path) -> None:
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(b"")
    old = {"cumulative": {"input": 5, "output": None}, "sessionId": "s", "turnContexts": {}, "rootSessionEmitted": 1}

    found = parse_codex_session_incremental(
        file, CodexOptions(start_offset=99, resume=resume_from_wire({**old, "x": 1}))
    )

    assert found.end_offset == 99
    assert to_wire(found.resume) == {
        **old,
        "rootSessionEmitted": False,
        "userTurnSlot": {"blocks": [], "ts": ""},
        "sessionMetaRelationshipKeys": [],
        "nextEventIndex": 0,
        "toolResultCounters": {},
    }


def test_a_state_is_not_changed_by_the_call_that_gets_it(tmp_path: Path) -> None:
    file = tmp_path / "rollout.jsonl"
    file.write_bytes(log(meta("s", forkSessionId="p"), started("t1"), says("user", "x"), output("c1"), complete("t1")))
    state = parse_codex_session_incremental(file).resume
    before = to_wire(state)

    again = parse_codex_session_incremental(file, CodexOptions(resume=state))

    assert to_wire(state) == before
    assert again.resume.tool_result_counters == {"c1": 2}


def test_a_directory_once_known_is_not_replaced_in_the_open_turn(tmp_path: Path) -> None:
    found = parse(
        tmp_path,
        started("t1"),
        meta(cwd="/nowhere/a"),
        meta(cwd="/nowhere/b"),
        context("t1", cwd="/nowhere/c"),
        complete("t1"),
        started("t2"),
        complete("t2"),
    )

    assert [turn.project for turn in found.turns] == ["/nowhere/a", "/nowhere/b"]


def test_a_turn_whose_call_failed_is_debugging(tmp_path: Path) -> None:
    failed = event("exec_command_end", turn_id="t1", call_id="c1", exit_code=1)
    unseen = event("exec_command_end", turn_id="t1", call_id="c9", exit_code=1)

    assert parse(tmp_path, started("t1"), call("c1"), failed, complete("t1")).turns[0].activity == "debugging"
    assert parse(tmp_path, started("t1"), call("c1"), unseen, complete("t1")).turns[0].activity == "exploration"
