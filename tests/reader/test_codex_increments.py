"""Laws of the incremental Codex reader: what any way of cutting a rollout must amount to, and what it may raise."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.errors import RelayburnError
from relayburn.reader.codex import (
    CodexIncrement,
    CodexOptions,
    parse_codex_session,
    parse_codex_session_incremental,
    read_codex_session_id_hint,
    resume_from_wire,
)
from relayburn.records import UNSET, to_wire
from relayburn.semantics import CURRENT, TS_1_10
from tests.reader.codex_lines import JSON_VALUES, ROLLOUTS, complete, item, line, log, meta, started, used

CUTS = st.lists(st.floats(0, 1), max_size=4)
QUEUES = ("content", "events", "userTurns", "relationships", "toolResultEvents")


def increments(data: bytes, cuts: list[float]) -> list[dict[str, Any]]:
    """The calls on a rollout that grows to each of `cuts` (shares of its bytes) and then to its end.

    Between two calls the state is stored as JSON text.
    """
    sizes = [0, *sorted(round(cut * len(data)) for cut in cuts), len(data)]
    found: list[dict[str, Any]] = []
    start: int = 0
    state: str | None = None
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rollout.jsonl"
        file.touch()
        for before, size in pairwise(sizes):
            with file.open("ab") as growing:
                growing.write(data[before:size])
            increment = one_call(file, start, state)
            start, state = increment.end_offset, json.dumps(to_wire(increment.resume))
            found.append(to_wire(increment))
    return found


def one_call(file: Path, start: int, state: str | None) -> CodexIncrement:
    resume = UNSET if state is None else resume_from_wire(json.loads(state))
    options = CodexOptions(tokenizer="heuristic", content_mode="full", start_offset=start, resume=resume)
    return parse_codex_session_incremental(file, options, semantics=TS_1_10)


def without_place(turn: dict[str, Any]) -> dict[str, Any]:
    """A turn without what depends on the call that reported it."""
    return {key: value for key, value in turn.items() if key not in ("turnIndex", "sessionId")}


@pytest.mark.properties
@given(ROLLOUTS, CUTS)
def test_any_cut_reports_every_record_of_the_whole_once_and_in_order(data: bytes, cuts: list[float]) -> None:
    (whole,) = increments(data, [])
    parts = increments(data, cuts)

    for queue in QUEUES:
        assert [record for part in parts for record in part[queue]] == whole[queue]
    assert [without_place(turn) for part in parts for turn in part["turns"]] == list(map(without_place, whole["turns"]))


@pytest.mark.properties
@given(ROLLOUTS, CUTS)
def test_any_cut_ends_at_the_same_place_in_the_same_state(data: bytes, cuts: list[float]) -> None:
    (whole,) = increments(data, [])
    parts = increments(data, cuts)

    assert parts[-1]["endOffset"] == whole["endOffset"]
    assert parts[-1]["resume"] == whole["resume"]


@pytest.mark.properties
@given(ROLLOUTS, CUTS)
def test_turns_are_numbered_in_their_call_and_belong_to_the_session_of_its_last_commit(
    data: bytes, cuts: list[float]
) -> None:
    for part in increments(data, cuts):
        assert [turn["turnIndex"] for turn in part["turns"]] == list(range(len(part["turns"])))
        assert {turn["sessionId"] for turn in part["turns"]} <= {part["resume"]["sessionId"]}


@pytest.mark.properties
@given(ROLLOUTS)
def test_the_whole_parse_is_the_increment_from_the_start(data: bytes) -> None:
    (whole,) = increments(data, [])
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rollout.jsonl"
        file.write_bytes(data)
        options = CodexOptions(tokenizer="heuristic", content_mode="full", start_offset=len(data) // 2)
        session = to_wire(parse_codex_session(file, options, semantics=TS_1_10))

    assert session == {key: value for key, value in whole.items() if key not in ("endOffset", "resume")}


@pytest.mark.properties
@given(ROLLOUTS)
def test_content_mode_changes_nothing_but_the_content(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rollout.jsonl"
        file.write_bytes(data)
        full, without = (
            to_wire(parse_codex_session(file, CodexOptions(tokenizer="heuristic", content_mode=mode)))
            for mode in ("full", "hash-only")
        )

    assert without == {**full, "content": []}


_KINDS = st.sampled_from(["session_meta", "turn_context", "event_msg", "response_item", "compacted"])
_TYPES = st.sampled_from(
    [
        *("task_started", "task_complete", "token_count", "exec_command_end", "patch_apply_end", "subagent_done"),
        *("message", "reasoning", "function_call", "custom_tool_call", "function_call_output"),
    ]
)
_KEYS = st.sampled_from(
    [
        *("id", "cwd", "turn_id", "call_id", "name", "arguments", "output", "input", "role", "content", "summary"),
        *("info", "exit_code", "success", "status", "changes", "agent_id", "timestamp", "model", "forkSessionId"),
    ]
)
_ODD_LINES = st.builds(
    lambda kind, timestamp, type_, payload: line(kind, timestamp, **{"type": type_, **payload}),
    _KINDS,
    JSON_VALUES,
    _TYPES,
    st.dictionaries(_KEYS, JSON_VALUES | st.sampled_from(["t1", "c1", "apply_patch", "user"]), max_size=6),
)
_ODD_ROLLOUTS = st.lists(
    st.one_of(
        _ODD_LINES,
        st.sampled_from([meta(), started("t1"), complete("t1"), complete("t1")]),
        st.builds(used, JSON_VALUES, JSON_VALUES, JSON_VALUES, JSON_VALUES),
        st.builds(
            lambda name, value: item("custom_tool_call", name=name, call_id="c1", input=value), _KEYS, JSON_VALUES
        ),
    ),
    max_size=12,
).map(lambda lines: log(*lines))


@pytest.mark.properties
@given(st.one_of(st.binary(max_size=200), _ODD_ROLLOUTS), st.sampled_from([TS_1_10, CURRENT]))
def test_nothing_but_a_documented_error_escapes(data: bytes, semantics: Any) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rollout.jsonl"
        file.write_bytes(data)
        try:
            found = parse_codex_session_incremental(file, CodexOptions(content_mode="full"), semantics=semantics)
        except RelayburnError:
            return
        wire = to_wire(found)

        assert to_wire(resume_from_wire(wire["resume"])) == wire["resume"]
        assert "NaN" not in json.dumps(wire) and "Infinity" not in json.dumps(wire)


@pytest.mark.properties
@given(
    st.binary(max_size=200) | ROLLOUTS | JSON_VALUES.map(lambda value: log({"type": "session_meta", "payload": value}))
)
def test_a_hint_is_a_text_or_nothing(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "rollout.jsonl"
        file.write_bytes(data)

        hint = read_codex_session_id_hint(file)

    assert hint is None or (isinstance(hint, str) and hint)


@pytest.mark.properties
@given(
    JSON_VALUES
    | st.dictionaries(st.sampled_from(["cumulative", "sessionId", "turnContexts", "userTurnSlot"]), JSON_VALUES)
)
def test_a_broken_state_is_refused_in_words(wire: Any) -> None:
    try:
        state = resume_from_wire(wire)
    except RelayburnError:
        return

    assert isinstance(state.session_id, str)
