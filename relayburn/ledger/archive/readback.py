"""A turn as the old archive gave it back: what it kept, and a fidelity made up from the little it knew.

In: a turn in wire form and what its stamps say. Out: the turn as archive.md 6 builds it from its row. Lost are the path of
the session, the files touched, hashes of edits, names of skills, and the real coverage and granularity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relayburn.jsjson import loads
from relayburn.jsnum import is_number, normalize, to_number
from relayburn.ledger.archive import schema_v3
from relayburn.ledger.tables import Wire
from relayburn.records import Coverage

FULL = "full"
USAGE_ONLY = "usage-only"
PARTIAL = "partial"

_USAGE = {
    "input": "input_tokens",
    "output": "output_tokens",
    "reasoning": "reasoning_tokens",
    "cacheRead": "cache_read_tokens",
    "cacheCreate5m": "cache_create_5m_tokens",
    "cacheCreate1h": "cache_create_1h_tokens",
}
_OPTIONAL = {"project": "project", "projectKey": "project_key", "activity": "activity", "stopReason": "stop_reason"}
_SUBAGENT = {
    "agentId": "subagent_id",
    "parentAgentId": "parent_subagent_id",
    "parentToolUseId": "parent_tool_use_id",
    "subagentType": "subagent_type",
    "description": "subagent_description",
}
_TOKENS = ("hasInputTokens", "hasOutputTokens")
_CACHE = ("hasCacheReadTokens", "hasCacheCreateTokens")


def archived_turn(record: Wire, enrichment: Mapping[str, Any]) -> Wire:
    """The turn that the old archive would give back, with `fidelity` where it knew a class."""
    row = _stored(schema_v3.TURNS, schema_v3.turn_row(record, enrichment))
    turn: Wire = {
        "v": 1,
        "source": row["source"],
        "sessionId": row["session_id"],
        "messageId": row["message_id"],
        "turnIndex": row["turn_index"],
        "ts": row["ts"],
        "model": row["model"],
        "usage": {key: row[column] for key, column in _USAGE.items()},
        "toolCalls": [_tool_call(_stored(schema_v3.TOOL_CALLS, call)) for call in schema_v3.tool_call_rows(record)],
        **{key: row[column] for key, column in _OPTIONAL.items() if row[column] is not None},
    }
    if row["has_edits"] is not None:
        turn["hasEdits"] = row["has_edits"] == 1
    if row["retries"] is not None:
        turn["retries"] = row["retries"]
    if row["is_sidechain"] is not None or any(row[column] is not None for column in _SUBAGENT.values()):
        turn["subagent"] = {"isSidechain": row["is_sidechain"] == 1} | {
            key: row[column] for key, column in _SUBAGENT.items() if row[column] is not None
        }
    if row["attribution_fidelity"] is not None:
        turn["fidelity"] = _fidelity(row)
    turn["enrichment"] = {key: value for key, value in loads(row["enrichment_json"]).items() if type(value) is str}
    return turn


def _tool_call(row: Wire) -> Wire:
    call = {"id": row["tool_use_id"] or "", "name": row["tool_name"], "argsHash": row["args_hash"] or ""}
    if row["target"] is not None:
        call["target"] = row["target"]
    if row["is_error"] is not None:
        call["isError"] = row["is_error"] == 1
    replaced = [tool for tool in loads(row["replaced_tools"] or "[]") if type(tool) is str and tool]
    if replaced:
        call["replacedTools"] = replaced
    if row["collapsed_calls"] is not None:
        call["collapsedCalls"] = row["collapsed_calls"]
    return call


def _fidelity(row: Wire) -> Wire:
    known = row["attribution_fidelity"]
    tokens = row["tokens_present"] == 1
    covered = dict.fromkeys(Coverage.__struct_encode_fields__, known == FULL)
    if known in (USAGE_ONLY, PARTIAL):
        covered |= dict.fromkeys(_TOKENS, tokens)
    if known == USAGE_ONLY:
        covered |= dict.fromkeys(_CACHE, tokens)
    granularity = "cost-only" if row["cost_present"] == 1 else "per-turn"
    return {"class": known, "granularity": granularity, "coverage": covered}


def _stored(table: schema_v3.SqliteTable, row: schema_v3.Row) -> Wire:
    """A row as it is read back from SQLite, whose columns turn numbers into texts and texts into numbers."""
    return {name: _affine(kind, value) for (name, kind), value in zip(table.declared, row, strict=True)}


def _affine(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind.startswith("TEXT"):
        return repr(value) if is_number(value) else value
    if type(value) is str:
        number = to_number(value) if value.strip() else value
        return value if number != number else number
    return normalize(value)
