"""The old archive's own schema, version 3: its tables, and the rows that a ledger record becomes in them.

In: records in wire form, with what stamps say of a turn. Out: rows for SQLite, number by number and text by text what the
reference wrote (archive.md 2 and 4.1 to 4.3), or `RecordRefused` for a record that it could not write. A file in this
form is what `export_sqlite` gives; and under ts-1.10 a record that is refused fails its whole build, as it did there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.errors import RecordRefused
from relayburn.jsjson import compact
from relayburn.jsnum import is_number, to_double
from relayburn.ledger.tables import (
    ANY_SOURCE,
    Wire,
    as_flag,
    collapsed_calls,
    is_absent,
    part,
    replaced_tools,
)
from relayburn.text import well_formed

VERSION = 3

Row = tuple[Any, ...]

PROMOTED = {"workflow_id": "workflowId", "agent_id": "agentId", "persona": "persona", "tier": "tier"}
"""Columns of a turn that hold the value of one key of its stamps."""


@dataclass(frozen=True, slots=True)
class SqliteTable:
    """One table; `declared` is how SQLite is told of its columns, without the primary key."""

    name: str
    declared: tuple[tuple[str, str], ...]
    key: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(name for name, _ in self.declared)

    @property
    def creation(self) -> str:
        """The statement that creates the table."""
        parts = [f"{name} {kind}" for name, kind in self.declared]
        if self.key:
            parts.append(f"PRIMARY KEY ({', '.join(self.key)})")
        return f"CREATE TABLE {self.name} ({', '.join(parts)})"

    @property
    def insertion(self) -> str:
        """The statement that inserts a row, or puts it in the place of one with the same key."""
        places = ", ".join("?" * len(self.declared))
        insertion = f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({places})"
        if not self.key:
            return insertion
        updates = ", ".join(f"{name} = excluded.{name}" for name in self.columns if name not in self.key)
        return f"{insertion} ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {updates}"

    def bound(self, values: Sequence[Any]) -> Row:
        """`values` as SQLite takes them from the reference. Raises `RecordRefused` where it would not."""
        for position, value in enumerate(values, 1):
            if not (value is None or type(value) is str or is_number(value)):
                raise RecordRefused(f"Provided value cannot be bound to SQLite parameter {position}.")
        for (name, kind), value in zip(self.declared, values, strict=True):
            if value is None and "NOT NULL" in kind:
                raise RecordRefused(f"NOT NULL constraint failed: {self.name}.{name}")
        # JavaScript's numbers are doubles; SQLite itself stores a whole one as an integer.
        return tuple(
            to_double(value) if is_number(value) else well_formed(value) if type(value) is str else value
            for value in values
        )


def _table(name: str, declared: str, key: str) -> SqliteTable:
    columns = []
    for column in declared.split(", "):
        column_name, _, kind = column.partition(" ")
        columns.append((column_name, kind.replace("=0", " DEFAULT 0").replace("!", " NOT NULL")))
    return SqliteTable(name, tuple(columns), tuple(key.split(", ")) if key else ())


SESSIONS = _table(
    "sessions",
    "source TEXT!, session_id TEXT!, project TEXT, project_key TEXT, started_at TEXT, ended_at TEXT, "
    "turn_count INTEGER!=0, model_set_json TEXT, workflow_id TEXT, agent_id TEXT, parent_agent_id TEXT, "
    "has_subagent INTEGER!=0, min_fidelity TEXT, has_full_attribution INTEGER",
    "source, session_id",
)
TURNS = _table(
    "turns",
    "source TEXT!, session_id TEXT!, message_id TEXT!, turn_index INTEGER!, ts TEXT!, model TEXT!, project TEXT, "
    "project_key TEXT, activity TEXT, stop_reason TEXT, has_edits INTEGER, retries INTEGER, is_sidechain INTEGER, "
    "subagent_id TEXT, parent_subagent_id TEXT, parent_tool_use_id TEXT, subagent_type TEXT, "
    "subagent_description TEXT, input_tokens INTEGER!=0, output_tokens INTEGER!=0, reasoning_tokens INTEGER!=0, "
    "cache_read_tokens INTEGER!=0, cache_create_5m_tokens INTEGER!=0, cache_create_1h_tokens INTEGER!=0, "
    "workflow_id TEXT, agent_id TEXT, persona TEXT, tier TEXT, enrichment_json TEXT, attribution_fidelity TEXT, "
    "tokens_present INTEGER, cost_present INTEGER",
    "source, session_id, message_id",
)
TOOL_CALLS = _table(
    "tool_calls",
    "source TEXT!, session_id TEXT!, message_id TEXT!, call_index INTEGER!, tool_use_id TEXT, tool_name TEXT!, "
    "target TEXT, args_hash TEXT, is_error INTEGER, replaced_tools TEXT, collapsed_calls INTEGER",
    "source, session_id, message_id, call_index",
)
TOOL_RESULT_EVENTS = _table(
    "tool_result_events",
    "source TEXT!, session_id TEXT!, message_id TEXT!, tool_use_id TEXT!, call_index INTEGER!, event_index INTEGER!, "
    "status TEXT, content_length INTEGER, content_hash TEXT, is_error INTEGER, subagent_session_id TEXT, "
    "agent_id TEXT, event_source TEXT, ts TEXT",
    "source, session_id, message_id, tool_use_id, event_index",
)
STAMPS = _table(
    "stamps",
    "source TEXT!, session_id TEXT!, ts TEXT!, selector_json TEXT, enrichment_json TEXT!, ledger_offset_bytes INTEGER!",
    "source, session_id, ts, ledger_offset_bytes",
)
COMPACTIONS = _table(
    "compactions",
    "source TEXT!, session_id TEXT!, ts TEXT!, preceding_message_id TEXT, tokens_before_compact INTEGER",
    "source, session_id, ts",
)
ARCHIVE_STATE = _table(
    "archive_state",
    "id INTEGER PRIMARY KEY CHECK (id = 1), ledger_offset_bytes INTEGER!=0, ledger_mtime_ms INTEGER!=0, "
    "archive_version INTEGER!, last_built_at TEXT, last_rebuild_at TEXT",
    "",
)

TABLES = (SESSIONS, TURNS, TOOL_CALLS, TOOL_RESULT_EVENTS, STAMPS, COMPACTIONS, ARCHIVE_STATE)

INDEXES = (
    ("idx_sessions_started_at", "sessions", "started_at"),
    ("idx_sessions_project_key", "sessions", "project_key"),
    ("idx_sessions_workflow_id", "sessions", "workflow_id"),
    ("idx_turns_ts", "turns", "ts"),
    ("idx_turns_session", "turns", "source, session_id, turn_index"),
    ("idx_turns_model", "turns", "model"),
    ("idx_turns_activity", "turns", "activity"),
    ("idx_turns_project_key", "turns", "project_key"),
    ("idx_turns_workflow", "turns", "workflow_id"),
    ("idx_turns_attribution_fidelity", "turns", "attribution_fidelity"),
    ("idx_tool_calls_name", "tool_calls", "tool_name"),
    ("idx_tool_calls_use_id", "tool_calls", "tool_use_id"),
    ("idx_tool_result_events_use_id", "tool_result_events", "tool_use_id"),
    ("idx_tool_result_events_session", "tool_result_events", "source, session_id"),
    ("idx_tool_result_events_subagent", "tool_result_events", "subagent_session_id"),
    ("idx_stamps_session", "stamps", "source, session_id"),
)
"""Name, table and columns of each index."""


def creation_statements() -> Iterator[str]:
    """What creates an empty archive."""
    for table in TABLES:
        yield table.creation
    for name, table, columns in INDEXES:
        yield f"CREATE INDEX {name} ON {table}({columns})"


def turn_row(record: Wire, enrichment: Mapping[str, Any]) -> Row:
    """The row of a turn that stamps say `enrichment` of. Raises `RecordRefused`."""
    subagent, fidelity = part(record, "subagent"), part(record, "fidelity")
    copied = (part(record, key) for key in ("source", "sessionId", "messageId", "turnIndex", "ts", "model"))
    optional = (_or_null(part(record, key)) for key in ("project", "projectKey", "activity", "stopReason"))
    return TURNS.bound(
        (
            *copied,
            *optional,
            _flag(part(record, "hasEdits")),
            _or_null(part(record, "retries")),
            *_subagent_values(subagent),
            *(part(record, "usage", key) for key in _USAGE_KEYS),
            *(_or_null(enrichment.get(key)) for key in PROMOTED.values()),
            compact(dict(enrichment)),
            *_fidelity_values(fidelity),
        )
    )


_USAGE_KEYS = ("input", "output", "reasoning", "cacheRead", "cacheCreate5m", "cacheCreate1h")
_SUBAGENT_KEYS = ("agentId", "parentAgentId", "parentToolUseId", "subagentType", "description")
_TOKEN_FLAGS = ("hasInputTokens", "hasOutputTokens", "hasReasoningTokens")


def _subagent_values(subagent: Any) -> Iterator[Any]:
    given = as_flag(subagent) is True
    yield int(as_flag(part(subagent, "isSidechain")) is True) if given else None
    for key in _SUBAGENT_KEYS:
        yield _or_null(part(subagent, key))


def _fidelity_values(fidelity: Any) -> Row:
    if as_flag(fidelity) is not True:
        return None, None, None
    tokens = any(as_flag(part(fidelity, "coverage", flag)) is True for flag in _TOKEN_FLAGS)
    return part(fidelity, "class"), int(tokens), int(part(fidelity, "granularity") == "cost-only")


def tool_call_rows(record: Wire) -> list[Row]:
    """The rows of a turn's tool calls. Raises `RecordRefused`."""
    calls = part(record, "toolCalls")
    if type(calls) is not list:
        raise RecordRefused("record.toolCalls is not iterable")
    owner = [part(record, key) for key in ("source", "sessionId", "messageId")]
    return [TOOL_CALLS.bound((*owner, index, *_call_values(call))) for index, call in enumerate(calls)]


def _call_values(call: Any) -> Row:
    return (
        _or_null(part(call, "id")),
        part(call, "name"),
        _or_null(part(call, "target")),
        _or_null(part(call, "argsHash")),
        _flag(part(call, "isError")),
        replaced_tools(call),
        collapsed_calls(call),
    )


def tool_result_event_row(record: Wire) -> Row:
    """The row of a tool result event. Raises `RecordRefused`."""
    message, call_index = part(record, "messageId"), part(record, "callIndex")
    return TOOL_RESULT_EVENTS.bound(
        (
            part(record, "source"),
            part(record, "sessionId"),
            "" if _or_null(message) is None else message,
            part(record, "toolUseId"),
            0 if _or_null(call_index) is None else call_index,
            part(record, "eventIndex"),
            part(record, "status"),
            _or_null(part(record, "contentLength")),
            _or_null(part(record, "contentHash")),
            _flag(part(record, "isError")),
            _or_null(part(record, "subagentSessionId")),
            _or_null(part(record, "agentId")),
            part(record, "eventSource"),
            _or_null(part(record, "ts")),
        )
    )


def compaction_row(record: Wire) -> Row:
    """The row of a compaction. Raises `RecordRefused`."""
    return COMPACTIONS.bound(
        (
            *(part(record, key) for key in ("source", "sessionId", "ts")),
            *(_or_null(part(record, key)) for key in ("precedingMessageId", "tokensBeforeCompact")),
        )
    )


def stamp_row(line: Wire, ledger_offset_bytes: float) -> Row:
    """The row of a stamp's line that begins at a byte of the ledger. Raises `RecordRefused`."""
    selector, enrichment = part(line, "selector"), part(line, "enrichment")
    session = part(selector, "sessionId")
    return STAMPS.bound(
        (
            ANY_SOURCE,
            session if as_flag(session) is True else ANY_SOURCE,
            part(line, "ts"),
            selector if is_absent(selector) else compact(selector),
            enrichment if is_absent(enrichment) else compact(enrichment),
            ledger_offset_bytes,
        )
    )


def _or_null(value: Any) -> Any:
    return None if is_absent(value) else value


def _flag(value: Any) -> int | None:
    flag = as_flag(value)
    return None if flag is None else int(flag)
