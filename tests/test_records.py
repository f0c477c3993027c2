"""Records and their wire form (records.md)."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn import records
from relayburn.records import (
    UNSET,
    Coverage,
    Record,
    SessionRelationshipRecord,
    ToolCall,
    TurnRecord,
    Usage,
    UserTurnBlock,
    UserTurnRecord,
    from_wire,
    relationship_key,
    to_wire,
)
from tests.json_values import SCALARS

RECORD_TYPES = [
    cls for _, cls in inspect.getmembers(records, inspect.isclass) if issubclass(cls, Record) and cls is not Record
]

USAGE = {"input": 1, "output": 2, "reasoning": 3, "cacheRead": 4, "cacheCreate5m": 5, "cacheCreate1h": 6}
TURN = {
    "v": 1,
    "source": "claude-code",
    "sessionId": "s",
    "messageId": "m",
    "turnIndex": 0,
    "ts": "",
    "model": "",
    "usage": USAGE,
    "toolCalls": [{"id": "t", "name": "Edit", "argsHash": "h", "target": "", "isError": True, "editPreHash": "p"}],
    "subagent": {"isSidechain": True, "parentToolUseId": "x"},
    "fidelity": {
        "granularity": "per-turn",
        "coverage": dict.fromkeys(Coverage.__struct_encode_fields__, True),
        "class": "full",
    },
}


def test_the_wire_has_the_reference_s_keys():
    assert to_wire(from_wire(TurnRecord, TURN)) == TURN


def test_the_flags_of_a_coverage_keep_their_order():
    assert Coverage.__struct_encode_fields__ == (
        "hasInputTokens",
        "hasOutputTokens",
        "hasReasoningTokens",
        "hasCacheReadTokens",
        "hasCacheCreateTokens",
        "hasToolCalls",
        "hasToolResultEvents",
        "hasSessionRelationships",
        "hasRawContent",
    )


def test_an_optional_key_without_value_is_absent_and_an_empty_one_is_kept():
    wire = to_wire(ToolCall(id="t", name="n", args_hash="h", target=""))

    assert wire == {"id": "t", "name": "n", "argsHash": "h", "target": ""}


def test_a_usage_has_all_six_keys_even_when_nothing_was_reported():
    assert to_wire(Usage()) == dict.fromkeys(USAGE, 0)


def test_a_new_record_carries_the_version():
    block = UserTurnBlock(kind="text", byte_len=0, approx_tokens=0)

    assert to_wire(UserTurnRecord(source="codex", session_id="s", user_uuid="u", ts="", blocks=[block]))["v"] == 1
    assert "v" not in to_wire(block)


def test_what_a_stored_record_lacks_stays_unset_even_where_it_is_required():
    turn = from_wire(TurnRecord, {"usage": {}, "toolCalls": [{}]})

    assert turn.v is UNSET and turn.usage.input is UNSET and turn.tool_calls[0].name is UNSET
    assert to_wire(turn) == {"usage": {}, "toolCalls": [{}]}


@pytest.mark.parametrize("usage", [None, 5, "x", [], [{"input": 1}]])
def test_a_wrong_value_in_a_stored_record_is_kept(usage):
    turn = from_wire(TurnRecord, {"ts": 5, "usage": usage, "toolCalls": None})

    assert (turn.ts, turn.tool_calls) == (5, None)
    assert to_wire(turn)["usage"] == usage


def test_unknown_keys_of_a_stored_record_are_left_out():
    assert to_wire(from_wire(ToolCall, {"id": "t", "note": 1})) == {"id": "t"}


def test_a_relationship_is_identified_by_six_values():
    row = SessionRelationshipRecord(source="codex", session_id="s", relationship_type="subagent", agent_id="a")

    assert relationship_key(row) == "codex|s|subagent||a|"
    row.ts, row.description = "later", "other"
    assert relationship_key(row) == "codex|s|subagent||a|"


@pytest.mark.properties
@pytest.mark.parametrize("cls", RECORD_TYPES, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_any_stored_record_survives_the_way_in_and_out(cls: type[Record], data: Any):
    keys = st.sampled_from(cls.__struct_encode_fields__)
    wire = data.draw(st.dictionaries(keys, SCALARS | st.lists(SCALARS, max_size=2), max_size=5))

    assert to_wire(from_wire(cls, wire)) == wire
