"""The records that every reader produces and the ledger stores (spec: records.md).

Each is a msgspec struct whose wire form has the reference's camelCase keys. An optional key without a
value is `UNSET` and absent on the wire, never null. Well-formed logs give the annotated types; where a
spec says "unchecked copy" a field may hold any JSON value.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import UNSET, Struct, UnsetType

__all__ = [
    "UNSET",
    "CompactionEvent",
    "ContentRecord",
    "ContentToolResult",
    "ContentToolUse",
    "Coverage",
    "Fidelity",
    "RelationshipKey",
    "SessionRelationshipRecord",
    "Subagent",
    "ToolCall",
    "ToolResultEventRecord",
    "TurnRecord",
    "UnsetType",
    "Usage",
    "UserTurnBlock",
    "UserTurnRecord",
    "from_wire",
    "relationship_key",
    "to_wire",
]

OptionalText = str | UnsetType
"""An optional text: absent on the wire when `UNSET`."""


class Record(Struct, rename="camel", gc=False):
    """Base of all records: camelCase on the wire; no record can refer to itself, so the collector need not look."""


class Usage(Record, kw_only=True):
    """Tokens of one turn, or of a part of it that they are shared out to, which may be fractions.

    0 means "none" and "not reported" alike; `Coverage` tells them apart.
    """

    input: int | float = 0
    output: int | float = 0
    reasoning: int | float = 0
    cache_read: int | float = 0
    cache_create_5m: int | float = msgspec.field(default=0, name="cacheCreate5m")
    cache_create_1h: int | float = msgspec.field(default=0, name="cacheCreate1h")


class Coverage(Record, kw_only=True, frozen=True):  # ty: ignore[invalid-frozen-dataclass-subclass] - structs may
    """What the source supplies, whether or not it is non-zero on this turn."""

    has_input_tokens: bool = False
    has_output_tokens: bool = False
    has_reasoning_tokens: bool = False
    has_cache_read_tokens: bool = False
    has_cache_create_tokens: bool = False
    has_tool_calls: bool = False
    has_tool_result_events: bool = False
    has_session_relationships: bool = False
    has_raw_content: bool = False


class Fidelity(Record, kw_only=True, frozen=True):  # ty: ignore[invalid-frozen-dataclass-subclass] - structs may
    """How much of a turn the source told: `fidelity_class` follows from the other two (fidelity.md 2)."""

    granularity: str
    coverage: Coverage
    fidelity_class: str = msgspec.field(name="class")


class ToolCall(Record, kw_only=True):
    """One call of a tool, without its arguments: they are kept as a hash and a target."""

    id: str
    name: str
    args_hash: str
    target: OptionalText = UNSET
    is_error: bool | UnsetType = UNSET
    edit_pre_hash: OptionalText = UNSET
    edit_post_hash: OptionalText = UNSET
    skill_name: OptionalText = UNSET
    replaced_tools: list[str] | UnsetType = UNSET
    collapsed_calls: int | UnsetType = UNSET


class Subagent(Record, kw_only=True):
    """Which subagent invocation a sidechain turn belongs to, as far as the log tells."""

    is_sidechain: bool = True
    agent_id: OptionalText = UNSET
    parent_tool_use_id: OptionalText = UNSET
    subagent_type: OptionalText = UNSET
    description: OptionalText = UNSET
    parent_agent_id: OptionalText = UNSET


class TurnRecord(Record, kw_only=True):
    """One assistant message (Claude Code, OpenCode) or one task turn (Codex)."""

    v: int = 1
    source: str
    session_id: str
    message_id: str
    turn_index: int
    ts: str
    model: str
    usage: Usage
    tool_calls: list[ToolCall]
    session_path: OptionalText = UNSET
    project: OptionalText = UNSET
    project_key: OptionalText = UNSET
    files_touched: list[str] | UnsetType = UNSET
    subagent: Subagent | UnsetType = UNSET
    stop_reason: OptionalText = UNSET
    fidelity: Fidelity | UnsetType = UNSET
    activity: OptionalText = UNSET
    retries: int | UnsetType = UNSET
    has_edits: bool | UnsetType = UNSET
    web_searches: int | UnsetType = UNSET


class UserTurnBlock(Record, kw_only=True):
    """One block that went back to the model: its UTF-8 bytes and tokens."""

    kind: str
    tool_use_id: OptionalText = UNSET
    byte_len: int
    approx_tokens: int
    is_error: bool | UnsetType = UNSET


class UserTurnRecord(Record, kw_only=True):
    """What went back to the model between two assistant turns."""

    v: int = 1
    source: str
    session_id: str
    user_uuid: str
    ts: str
    blocks: list[UserTurnBlock]
    preceding_message_id: OptionalText = UNSET
    following_message_id: OptionalText = UNSET


class SessionRelationshipRecord(Record, kw_only=True):
    """One edge, or a root, of the session graph."""

    v: int = 1
    source: str
    session_id: str
    related_session_id: OptionalText = UNSET
    relationship_type: str
    ts: OptionalText = UNSET
    source_session_id: OptionalText = UNSET
    source_version: OptionalText = UNSET
    parent_tool_use_id: OptionalText = UNSET
    agent_id: OptionalText = UNSET
    subagent_type: OptionalText = UNSET
    description: OptionalText = UNSET


RelationshipKey = str


def relationship_key(row: SessionRelationshipRecord) -> RelationshipKey:
    """The identity of a row (records.md 4): two rows with the same key are the same row."""
    values = (
        row.source,
        row.session_id,
        row.relationship_type,
        row.related_session_id,
        row.agent_id,
        row.parent_tool_use_id,
    )
    return "|".join("" if value is UNSET else str(value) for value in values)


class ToolResultEventRecord(Record, kw_only=True):
    """One result or status event of a tool call, without its content."""

    v: int = 1
    source: str
    session_id: str
    message_id: OptionalText = UNSET
    tool_use_id: str
    call_index: int | UnsetType = UNSET
    event_index: int
    ts: OptionalText = UNSET
    status: str
    event_source: str
    content_length: int | UnsetType = UNSET
    content_hash: OptionalText = UNSET
    is_error: bool | UnsetType = UNSET
    usage: Usage | UnsetType = UNSET
    usage_attribution: OptionalText = UNSET
    subagent_session_id: OptionalText = UNSET
    agent_id: OptionalText = UNSET
    replaced_tools: list[str] | UnsetType = UNSET
    collapsed_calls: int | UnsetType = UNSET


class CompactionEvent(Record, kw_only=True):
    """A boundary at which the harness compacted the context."""

    v: int = 1
    source: str
    session_id: str
    ts: str
    preceding_message_id: OptionalText = UNSET
    tokens_before_compact: int | float | UnsetType = UNSET


class ContentToolUse(Record, kw_only=True):
    """A tool call with its arguments, verbatim."""

    id: str
    name: str
    input: Any


class ContentToolResult(Record, kw_only=True):
    """A tool result with its content, verbatim."""

    tool_use_id: str
    content: Any
    is_error: bool | UnsetType = UNSET


class ContentRecord(Record, kw_only=True):
    """One piece of content; produced only in content mode `full`."""

    v: int = 1
    source: str
    session_id: str
    message_id: str
    ts: str
    role: str
    kind: str
    text: OptionalText = UNSET
    tool_use: ContentToolUse | UnsetType = UNSET
    tool_result: ContentToolResult | UnsetType = UNSET


R = TypeVar("R", bound=Record)


def to_wire(value: Any) -> Any:
    """`value` (records, lists and mappings of them) as plain JSON values with wire keys."""
    try:
        return msgspec.to_builtins(value)
    except RecursionError:
        # What a log says verbatim may be nested as deeply as JSON is read; records never are.
        return _records_to_wire(value, _DEEPEST_RECORD)


_DEEPEST_RECORD = 32


def _records_to_wire(value: Any, depth: int) -> Any:
    if not depth:
        return value
    if isinstance(value, Struct):
        named = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        fields = {key: getattr(value, name) for key, name in named}
        return {key: _records_to_wire(item, depth - 1) for key, item in fields.items() if item is not UNSET}
    if isinstance(value, dict):
        return {key: _records_to_wire(item, depth - 1) for key, item in value.items()}
    return [_records_to_wire(item, depth - 1) for item in value] if isinstance(value, list | tuple) else value


def from_wire(cls: type[R], wire: dict[str, Any]) -> R:
    """The record of a wire object, read as JavaScript would: no type is checked, nothing is converted.

    A key that is missing becomes `UNSET`, also where a well-formed record must have it.
    """
    values = {}
    for name, key, nested in _layout(cls):
        value = wire.get(key, UNSET)
        if nested is not None:
            if isinstance(value, dict):
                value = from_wire(nested, value)
            elif isinstance(value, list):
                value = [from_wire(nested, item) if isinstance(item, dict) else item for item in value]
        values[name] = value
    return cls(**values)


@cache
def _layout(cls: type[Record]) -> tuple[tuple[str, str, type[Record] | None], ...]:
    hints = get_type_hints(cls)
    return tuple(
        (name, key, _nested_record(hints[name]))
        for name, key in zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
    )


def _nested_record(hint: Any) -> type[Record] | None:
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint
    return next((found for part in get_args(hint) if (found := _nested_record(part))), None)
