"""What ledger lines hold, as tables: their columns, and how these are read from a line. The archive keeps them; walks read them too.

A row holds what archive.md 2 names, under its names, and the whole `line`; calls of tools stand in their turn, as a list.
What stamps say is not here: they are folded when somebody asks. Of a plain line DuckDB reads the columns (`sql`, over the
parsed record `r`), of an odd one Python (`of`); both give the same, and where an odd record has another type than
the column, what SQLite would have made of it, or nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from relayburn.jsjson import compact, truthy
from relayburn.jsnum import is_number, to_double, to_number
from relayburn.records import Coverage
from relayburn.text import well_formed

Wire = dict[str, Any]

TEXT = "VARCHAR"
NUMBER = "DOUBLE"
FLAG = "BOOLEAN"

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its DuckDB type, how DuckDB reads it from a plain line, how Python reads it from any record.

    `path` is where what it copies stands in a record; it is empty where the column is made of something else.
    """

    name: str
    type: str
    sql: str
    of: Callable[[Wire], Any]
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table: the kind of its lines, what identifies a row, its columns.

    Of two rows with the same `key` the later one replaces the earlier one. `nested` is the shape of the parts of records that
    have parts.
    """

    name: str
    kind: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    nested: Wire = field(default_factory=dict)

    @property
    def shape(self) -> Wire:
        """The shape of the parts of records that the columns are read from."""
        return {column.path[0]: column.type for column in self.columns if len(column.path) == 1} | self.nested

    @property
    def selected(self) -> str:
        """The columns of a plain line, as SQL."""
        return ", ".join(f"{column.sql} AS {column.name}" for column in self.columns)

    @property
    def structure(self) -> str:
        """The shape of a line as `json_transform` takes it."""
        return json.dumps({"record": self.shape})

    def row(self, record: Wire) -> Wire:
        """The columns of any record."""
        return {column.name: column.of(record) for column in self.columns}


def as_text(value: Any) -> str | None:
    """A value in a column of texts, as SQLite keeps it there."""
    if type(value) is str:
        return well_formed(value)
    return repr(to_double(value)) if is_number(value) else None


def as_number(value: Any) -> float | None:
    """A value in a column of numbers: a text that is one becomes it."""
    if is_number(value):
        return to_double(value)
    if type(value) is str and value.strip():
        number = to_double(to_number(value))
        return number if number == number else None
    return None


def as_flag(value: Any) -> bool | None:
    """A value in a column of flags: nothing where it is absent, else its truth."""
    return None if value is _ABSENT else truthy(value)


def part(record: Any, *path: str) -> Any:
    """What stands at `path` in a record; a marker that is no JSON value where nothing does."""
    for key in path:
        record = record.get(key, _ABSENT) if type(record) is dict else _ABSENT
    return record


def is_absent(value: Any) -> bool:
    """Whether `part` found nothing."""
    return value is _ABSENT


_READERS = {TEXT: as_text, NUMBER: as_number, FLAG: as_flag}


def _column(name: str, type_: str, *path: str) -> Column:
    """A column that copies what stands at `path`."""
    read = _READERS[type_]
    sql = ".".join(("r", *(f'"{key}"' for key in path)))
    return Column(name, type_, sql, lambda record: read(part(record, *path)), path)


def _defaulted(name: str, type_: str, default: Any, *path: str) -> Column:
    """A column that copies what stands at `path`, and holds `default` where nothing does."""
    copied = _column(name, type_, *path)

    def of(record: Wire) -> Any:
        found = copied.of(record)
        return default if found is None else found

    literal = f"'{default}'" if type(default) is str else str(default)
    return Column(name, type_, f"coalesce({copied.sql}, {literal})", of, path)


def _texts(**paths: str) -> tuple[Column, ...]:
    return tuple(_column(name, TEXT, key) for name, key in paths.items())


def _is_sidechain(record: Wire) -> bool | None:
    subagent = part(record, "subagent")
    return truthy(part(subagent, "isSidechain")) if _is_given(subagent) else None


def _tokens_present(record: Wire) -> bool | None:
    fidelity = part(record, "fidelity")
    if not _is_given(fidelity):
        return None
    coverage = part(fidelity, "coverage")
    return any(_is_given(part(coverage, key)) for key in _TOKEN_FLAGS)


def _cost_present(record: Wire) -> bool | None:
    fidelity = part(record, "fidelity")
    return part(fidelity, "granularity") == "cost-only" if _is_given(fidelity) else None


def _is_given(value: Any) -> bool:
    return not is_absent(value) and truthy(value)


def _tool_calls(record: Wire) -> list[Wire]:
    calls = part(record, "toolCalls")
    return [_tool_call(call) for call in calls] if type(calls) is list else []


def _tool_call(call: Any) -> Wire:
    return {
        "tool_use_id": as_text(part(call, "id")),
        "tool_name": as_text(part(call, "name")),
        "target": as_text(part(call, "target")),
        "args_hash": as_text(part(call, "argsHash")),
        "is_error": as_flag(part(call, "isError")),
        "replaced_tools": replaced_tools(call),
        "collapsed_calls": collapsed_calls(call),
    }


def replaced_tools(call: Any) -> str | None:
    """The JSON text of the tools that a call replaced, where it names some."""
    tools = part(call, "replacedTools")
    return well_formed(compact(tools)) if type(tools) is list and tools else None


def collapsed_calls(call: Any) -> float | None:
    """How many calls a call saved, where it saved some."""
    count = part(call, "collapsedCalls")
    return count if is_number(count) and count > 0 else None


def _has_replacements(record: Wire) -> bool:
    calls = part(record, "toolCalls")
    found = calls if type(calls) is list else []
    return any(replaced_tools(call) is not None or collapsed_calls(call) is not None for call in found)


_TOKEN_FLAGS = ("hasInputTokens", "hasOutputTokens", "hasReasoningTokens")
_FIDELITY_SQL = "CASE WHEN r.fidelity IS NOT NULL THEN to_json(r.fidelity)::VARCHAR END"
_CALL_TYPE = (
    "STRUCT(tool_use_id VARCHAR, tool_name VARCHAR, target VARCHAR, args_hash VARCHAR, "
    "is_error BOOLEAN, replaced_tools VARCHAR, collapsed_calls DOUBLE)[]"
)
_CALL_SQL = """list_transform(r."toolCalls", lambda c: {
    'tool_use_id': c.id, 'tool_name': c.name, 'target': c.target, 'args_hash': c."argsHash", 'is_error': c."isError",
    'replaced_tools': CASE WHEN len(c."replacedTools") > 0 THEN to_json(c."replacedTools")::VARCHAR END,
    'collapsed_calls': CASE WHEN c."collapsedCalls" > 0 THEN c."collapsedCalls" END})"""

_REPLACEMENTS_SQL = """len(list_filter(r."toolCalls",
    lambda c: len(c."replacedTools") > 0 OR c."collapsedCalls" > 0)) > 0"""

TURNS = Table(
    name="turns",
    kind="turn",
    key=("source", "session_id", "message_id"),
    columns=(
        *_texts(source="source", session_id="sessionId", message_id="messageId"),
        _column("turn_index", NUMBER, "turnIndex"),
        *_texts(ts="ts", model="model", project="project", project_key="projectKey"),
        *_texts(activity="activity", stop_reason="stopReason"),
        _column("has_edits", FLAG, "hasEdits"),
        _column("retries", NUMBER, "retries"),
        Column("is_sidechain", FLAG, 'r.subagent."isSidechain"', _is_sidechain),
        _column("subagent_id", TEXT, "subagent", "agentId"),
        _column("parent_subagent_id", TEXT, "subagent", "parentAgentId"),
        _column("parent_tool_use_id", TEXT, "subagent", "parentToolUseId"),
        _column("subagent_type", TEXT, "subagent", "subagentType"),
        _column("subagent_description", TEXT, "subagent", "description"),
        _column("input_tokens", NUMBER, "usage", "input"),
        _column("output_tokens", NUMBER, "usage", "output"),
        _column("reasoning_tokens", NUMBER, "usage", "reasoning"),
        _column("cache_read_tokens", NUMBER, "usage", "cacheRead"),
        _column("cache_create_5m_tokens", NUMBER, "usage", "cacheCreate5m"),
        _column("cache_create_1h_tokens", NUMBER, "usage", "cacheCreate1h"),
        _column("attribution_fidelity", TEXT, "fidelity", "class"),
        Column(
            "tokens_present",
            FLAG,
            " OR ".join(f'r.fidelity.coverage."{flag}"' for flag in _TOKEN_FLAGS),
            _tokens_present,
        ),
        Column("cost_present", FLAG, "r.fidelity.granularity = 'cost-only'", _cost_present),
        Column("fidelity", TEXT, _FIDELITY_SQL, lambda record: _json_of(part(record, "fidelity"))),
        _column("web_searches", NUMBER, "webSearches"),
        Column("tool_calls", _CALL_TYPE, _CALL_SQL, _tool_calls),
        Column("has_replacements", FLAG, _REPLACEMENTS_SQL, _has_replacements),
    ),
    nested={
        "subagent": {
            "isSidechain": FLAG,
            **dict.fromkeys(("agentId", "parentAgentId", "parentToolUseId", "subagentType", "description"), TEXT),
        },
        "usage": dict.fromkeys(("input", "output", "reasoning", "cacheRead", "cacheCreate5m", "cacheCreate1h"), NUMBER),
        "fidelity": {
            "granularity": TEXT,
            "coverage": dict.fromkeys(Coverage.__struct_encode_fields__, FLAG),
            "class": TEXT,
        },
        "toolCalls": [
            {
                **dict.fromkeys(("id", "name", "target", "argsHash"), TEXT),
                "isError": FLAG,
                "replacedTools": [TEXT],
                "collapsedCalls": NUMBER,
            }
        ],
    },
)

TOOL_RESULT_EVENTS = Table(
    name="tool_result_events",
    kind="tool_result_event",
    key=("source", "session_id", "message_id", "tool_use_id", "event_index"),
    columns=(
        *_texts(source="source", session_id="sessionId"),
        _defaulted("message_id", TEXT, "", "messageId"),
        _column("tool_use_id", TEXT, "toolUseId"),
        _defaulted("call_index", NUMBER, 0.0, "callIndex"),
        _column("event_index", NUMBER, "eventIndex"),
        _column("status", TEXT, "status"),
        _column("content_length", NUMBER, "contentLength"),
        _column("content_hash", TEXT, "contentHash"),
        _column("is_error", FLAG, "isError"),
        *_texts(subagent_session_id="subagentSessionId", agent_id="agentId", event_source="eventSource", ts="ts"),
    ),
)

COMPACTIONS = Table(
    name="compactions",
    kind="compaction",
    key=("source", "session_id", "ts"),
    columns=(
        *_texts(source="source", session_id="sessionId", ts="ts", preceding_message_id="precedingMessageId"),
        _column("tokens_before_compact", NUMBER, "tokensBeforeCompact"),
    ),
)

USER_TURNS = Table(
    name="user_turns",
    kind="user_turn",
    key=("source", "session_id", "user_uuid"),
    columns=_texts(
        source="source",
        session_id="sessionId",
        user_uuid="userUuid",
        ts="ts",
        preceding_message_id="precedingMessageId",
        following_message_id="followingMessageId",
    ),
)

RELATIONSHIPS = Table(
    name="relationships",
    kind="relationship",
    key=("source", "session_id", "relationship_type", "related_session_id", "agent_id", "parent_tool_use_id"),
    columns=_texts(
        source="source",
        session_id="sessionId",
        related_session_id="relatedSessionId",
        relationship_type="relationshipType",
        ts="ts",
        parent_tool_use_id="parentToolUseId",
        agent_id="agentId",
        subagent_type="subagentType",
        description="description",
    ),
)

ANY_SOURCE = "*"
"""What a stamp holds for, where it names no session: any."""


def _stamp_session(line: Wire) -> str:
    return as_text(part(line, "selector", "sessionId")) or ANY_SOURCE


STAMPS = Table(
    name="stamps",
    kind="stamp",
    key=("source", "session_id", "ts", "ledger_offset_bytes"),
    columns=(
        Column("source", TEXT, "", lambda _: ANY_SOURCE),
        Column("session_id", TEXT, "", _stamp_session),
        Column("ts", TEXT, "", lambda line: as_text(part(line, "ts"))),
        Column("selector_json", TEXT, "", lambda line: _json_of(part(line, "selector"))),
        Column("enrichment_json", TEXT, "", lambda line: _json_of(part(line, "enrichment"))),
        Column("ledger_offset_bytes", NUMBER, "", lambda line: line["ledger_offset_bytes"]),
    ),
)
"""Stamps are lines without a record; they are always read in Python, which adds where the line begins."""


def _json_of(value: Any) -> str | None:
    return None if is_absent(value) else well_formed(compact(value))


TABLES = (TURNS, TOOL_RESULT_EVENTS, COMPACTIONS, USER_TURNS, RELATIONSHIPS, STAMPS)
TABLE_OF_KIND = {table.kind: table for table in TABLES}
