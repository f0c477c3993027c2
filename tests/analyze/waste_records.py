"""Turns, calls, events and contents for the tests of waste: readable builders and strategies that mix them.

A turn of model `m` has a million input tokens and costs exactly one dollar.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from relayburn.analyze.patterns.evidence import Evidence
from relayburn.pricing.table import table_from_wire
from relayburn.records import (
    UNSET,
    CompactionEvent,
    ContentRecord,
    ContentToolResult,
    ContentToolUse,
    ToolCall,
    ToolResultEventRecord,
    TurnRecord,
    Usage,
    UserTurnBlock,
    UserTurnRecord,
)
from relayburn.semantics import TS_1_10

TABLE = table_from_wire(
    {
        "m": {"input": 1, "output": 2, "cacheRead": 0.5, "cacheWrite": 1, "reasoningMode": "same_as_output"},
        "cheap": {"input": 0.25, "output": 1, "cacheRead": 0.125, "cacheWrite": 0.5, "reasoningMode": "separate"},
    }
)


def call(name: str = "Bash", target: Any = "ls", *, tool_id: str = "", args: str = "a", **values: Any) -> ToolCall:
    """A call that went well."""
    return ToolCall(id=tool_id or f"{name}-{args}", name=name, args_hash=args, target=target, **values)


def failed(name: str = "Bash", target: Any = "ls", **values: Any) -> ToolCall:
    """A call that is marked as failed."""
    return call(name, target, is_error=True, **values)


def edit(target: str, before: str | None = None, after: str | None = None, **values: Any) -> ToolCall:
    """An edit that replaced the text with hash `before` by that with hash `after`."""
    hashes = {"edit_pre_hash": UNSET if before is None else before, "edit_post_hash": UNSET if after is None else after}
    return call(values.pop("name", "Edit"), target, **hashes | values)


def turn(*calls: ToolCall, session: str = "s", index: int = 0, **values: Any) -> TurnRecord:
    """A turn of `session`, a minute a turn."""
    defaults: dict[str, Any] = {
        "source": "claude-code",
        "session_id": session,
        "message_id": f"{session}-{index}",
        "turn_index": index,
        "ts": f"2026-06-15T{9 + index // 60:02}:{index % 60:02}:00.000Z",
        "model": "m",
        "usage": Usage(input=1_000_000),
        "tool_calls": list(calls),
    }
    return TurnRecord(**defaults | values)


def turns(*calls: ToolCall, **values: Any) -> list[TurnRecord]:
    """One turn a call, in order."""
    return [turn(one, index=index, **values) for index, one in enumerate(calls)]


def event(tool_use_id: str, status: str, index: int = 0, **values: Any) -> ToolResultEventRecord:
    """A tool-result event of session `s`."""
    defaults: dict[str, Any] = {
        "source": "claude-code",
        "session_id": "s",
        "tool_use_id": tool_use_id,
        "event_index": index,
        "status": status,
        "event_source": "tool_result",
    }
    return ToolResultEventRecord(**defaults | values)


def result(tool_use_id: str, content: Any, session: str = "s") -> ContentRecord:
    """The stored result of a call."""
    stored = ContentToolResult(tool_use_id=tool_use_id, content=content)
    return content_record(session, role="tool_result", kind="tool_result", tool_result=stored)


def tool_input(tool_use_id: str, value: Any, session: str = "s") -> ContentRecord:
    """The stored arguments of a call."""
    stored = ContentToolUse(id=tool_use_id, name="Edit", input=value)
    return content_record(session, role="assistant", kind="tool_use", tool_use=stored)


def content_record(session: str, **values: Any) -> ContentRecord:
    """Any stored content."""
    return ContentRecord(source="claude-code", session_id=session, message_id="x", ts="", **values)


def compaction(ts: str = "2026-06-15T10:00:00.000Z", **values: Any) -> CompactionEvent:
    """A compaction of session `s`."""
    return CompactionEvent(**{"source": "claude-code", "session_id": "s", "ts": ts} | values)


def user_turn(*tokens: int, session: str = "s", **values: Any) -> UserTurnRecord:
    """What a user typed, in blocks of so many tokens."""
    blocks = [UserTurnBlock(kind="text", byte_len=4 * count, approx_tokens=count) for count in tokens]
    defaults = {"source": "opencode", "session_id": session, "user_uuid": "u", "ts": "", "blocks": blocks}
    return UserTurnRecord(**defaults | values)


def evidence(records: list[TurnRecord], **values: Any) -> Evidence:
    """`records` as evidence under ts-1.10, unless `values` say otherwise."""
    return Evidence(**{"turns": records, "table": TABLE, "semantics": TS_1_10} | values)


CALLS = st.builds(
    lambda name, target, args, fails, before, after, skill: ToolCall(
        id="",
        name=name,
        args_hash=args,
        target=target,
        is_error=True if fails else UNSET,
        edit_pre_hash=before,
        edit_post_hash=after,
        skill_name=skill if name == "skill" else UNSET,
    ),
    name=st.sampled_from(["Bash", "shell", "Edit", "Write", "apply_patch", "Read", "Glob", "Grep", "skill"]),
    target=st.sampled_from(["/a", "/b", "git status", "npm test", "cat f", "", UNSET]),
    args=st.sampled_from(["h1", "h1", "h2", ""]),
    fails=st.booleans(),
    before=st.sampled_from(["A", "B", UNSET]),
    after=st.sampled_from(["A", "B", UNSET]),
    skill=st.sampled_from(["k1", "k2"]),
)
"""Calls that repeat, fail and revert a lot; their ids are given in `sessions`."""

TURN_PARTS = st.tuples(
    st.lists(CALLS, max_size=4),
    st.sampled_from(["m", "cheap", "unpriced", "x/m"]),
    st.integers(0, 2) | st.just(1_000_000),
)
"""A turn's calls, its model and the tokens it read from cache."""


@st.composite
def sessions(draw: st.DrawFn, most: int = 3, calls_a_turn: int = 4) -> list[list[TurnRecord]]:
    """Some sessions of different names, their turns in order; no two calls of a session share an id."""
    made = []
    for number in range(draw(st.integers(1, most))):
        session = f"s{number}"
        parts = draw(st.lists(TURN_PARTS, min_size=1, max_size=12))
        source = draw(st.sampled_from(["claude-code", "codex", "opencode"]))
        made.append(
            [
                turn(
                    *(named(one, f"{session}-{index}-{place}") for place, one in enumerate(calls[:calls_a_turn])),
                    session=session,
                    index=index,
                    model=model,
                    source=source,
                    usage=Usage(input=1000, output=20, cache_read=cached, cache_create_5m=5000),
                )
                for index, (calls, model, cached) in enumerate(parts)
            ]
        )
    return made


def named(one: ToolCall, tool_id: str) -> ToolCall:
    """The call with another id."""
    return ToolCall(**{name: getattr(one, name) for name in ToolCall.__struct_fields__} | {"id": tool_id})


@st.composite
def events_of(draw: st.DrawFn, records: list[TurnRecord]) -> list[ToolResultEventRecord]:
    """An event for some of the calls of `records`, none for others."""
    statuses = st.sampled_from(["errored", "errored", "cancelled", "completed", "running", "unknown"])
    return [
        event(one.id, draw(statuses), draw(st.integers(0, 9)), session_id=record.session_id)
        for record in records
        for one in record.tool_calls
        if draw(st.booleans())
    ]
