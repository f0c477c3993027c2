"""Laws of the incremental Claude reader: what any way of cutting a log must amount to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relayburn.reader.claude import (
    ClaudeIncrement,
    ClaudeOptions,
    Evidence,
    parse_claude_session,
    parse_claude_session_incremental,
)
from relayburn.records import relationship_key, to_wire
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.reader.claude_lines import entries, log

pytestmark = pytest.mark.properties
OPTIONS = ClaudeOptions(tokenizer="heuristic", content_mode="full", file_session_id="file")
CUTS = st.lists(st.floats(0, 1), max_size=4)


def increments(data: bytes, cuts: list[float], semantics: Semantics) -> list[ClaudeIncrement]:
    """The incremental parses of a log that grows to each of `cuts` (shares of its bytes) and then to its end."""
    sizes = [0, *sorted(round(cut * len(data)) for cut in cuts), len(data)]
    found: list[ClaudeIncrement] = []
    start, last_user_text = 0, ""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "session.jsonl"
        file.touch()
        for before, size in pairwise(sizes):
            with file.open("ab") as growing:
                growing.write(data[before:size])
            options = ClaudeOptions(
                tokenizer="heuristic",
                content_mode="full",
                file_session_id="file",
                start_offset=start,
                last_user_text=last_user_text,
            )
            found.append(parse_claude_session_incremental(file, options, semantics=semantics))
            start, last_user_text = found[-1].end_offset, found[-1].last_user_text
    return found


def whole(data: bytes, semantics: Semantics) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "session.jsonl"
        file.write_bytes(data)
        return to_wire(parse_claude_session(file, OPTIONS, semantics=semantics))


def by_identity(found: list[ClaudeIncrement]) -> dict[str, Any]:
    """All records of some increments, the last one of each identity."""
    turns: dict[int, Any] = {}
    rows: dict[str, Any] = {}
    events: dict[int, Any] = {}
    user_turns: dict[str, Any] = {}
    for increment in found:
        turns.update({turn.turn_index: to_wire(turn) for turn in increment.turns})
        rows.update({relationship_key(row): to_wire(row) for row in increment.relationships})
        events.update({event.event_index: to_wire(event) for event in increment.tool_result_events})
        user_turns.update({turn.user_uuid: to_wire(turn) for turn in increment.user_turns})
    return {
        "turns": [turn for _, turn in sorted(turns.items())],
        "relationships": sorted(map(repr, rows.values())),
        "toolResultEvents": [event for _, event in sorted(events.items())],
        "userTurns": user_turns,
        "evidence": to_wire(evidence_of(found)),
    }


def evidence_of(found: list[ClaudeIncrement]) -> Evidence:
    """The evidence of the last call that had something to read; one without starts afresh."""
    return next((each.evidence for each in reversed(found) if each.evidence.seen_uuids), found[-1].evidence)


@given(st.lists(entries(), max_size=12), CUTS)
@settings(deadline=None, max_examples=150)
def test_under_current_any_split_amounts_to_the_whole(lines: list[Any], cuts: list[float]) -> None:
    data = log(*lines)

    found = increments(data, cuts, CURRENT)

    expected = whole(data, CURRENT)
    merged = by_identity(found)
    assert merged["turns"] == expected["turns"]
    assert merged["toolResultEvents"] == expected["toolResultEvents"]
    assert merged["evidence"] == expected["evidence"]
    assert merged["relationships"] == sorted(map(repr, expected["relationships"]))
    contents = [to_wire(record) for increment in found for record in increment.content]
    assert sorted(map(repr, contents)) == sorted(map(repr, expected["content"]))
    assert merged["userTurns"] == {turn["userUuid"]: turn for turn in expected["userTurns"]}


@given(st.lists(entries(st.just("end_turn")), max_size=12))
@settings(deadline=None, max_examples=150)
def test_under_ts_one_call_over_finished_messages_is_the_full_parse(lines: list[Any]) -> None:
    data = log(*lines)

    (found,) = increments(data, [], TS_1_10)

    expected = whole(data, TS_1_10)
    wire = to_wire(found)
    assert {key: wire[key] for key in expected} == expected
    assert found.end_offset == len(data)


@given(st.lists(entries(), max_size=12), CUTS)
@settings(deadline=None, max_examples=150)
def test_under_ts_every_finished_message_becomes_a_turn_whatever_the_cuts(lines: list[Any], cuts: list[float]) -> None:
    data = log(*lines)

    found = increments(data, cuts, TS_1_10)

    (at_once,) = increments(data, [], TS_1_10)
    finished = {turn.message_id for turn in at_once.turns}
    assert {turn.message_id for increment in found for turn in increment.turns} == finished
    assert evidence_of(found).seen_uuids == at_once.evidence.seen_uuids


@given(st.lists(entries(), max_size=12), CUTS)
@settings(deadline=None, max_examples=150)
def test_under_ts_event_numbers_go_on_without_gaps(lines: list[Any], cuts: list[float]) -> None:
    found = increments(log(*lines), cuts, TS_1_10)

    numbers = [event.event_index for increment in found for event in increment.tool_result_events]
    assert numbers == list(range(len(numbers)))


@given(st.lists(entries(), max_size=12), CUTS)
@settings(deadline=None, max_examples=100)
def test_increments_never_step_back(lines: list[Any], cuts: list[float]) -> None:
    data = log(*lines)

    for semantics in (TS_1_10, CURRENT):
        offsets = [increment.end_offset for increment in increments(data, cuts, semantics)]

        assert offsets == sorted(offsets)
        assert offsets[-1] <= len(data)
