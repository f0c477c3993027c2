"""How large each tool result is, in tokens.

In: what went back to the model: measured user turns or, where those are missing, stored content. Out: tokens by tool use id,
for one session or for each (hotspots.md 2).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Set
from typing import Any

from relayburn.analyze.sessions import hashable
from relayburn.analyze.tool_result_text import tool_result_text
from relayburn.pricing.numbers import number
from relayburn.records import ContentRecord, ContentToolResult, UserTurnRecord
from relayburn.text import utf16_length

UNITS_PER_TOKEN = 4
"""Stored text counts as one token for so many UTF-16 units."""


def result_sizes(
    user_turns: Iterable[UserTurnRecord], content: Iterable[ContentRecord], call_ids: Set[str]
) -> Mapping[str, float]:
    """Tokens by tool use id. Measured blocks count whoever made the call; content only for `call_ids`."""
    return with_stored(measured_sizes(user_turns), content, call_ids)


def measured_sizes(user_turns: Iterable[UserTurnRecord]) -> dict[str, float]:
    """What `user_turns`, of one session, measured."""
    sizes: dict[str, float] = {}
    for user_turn in user_turns:
        _measure(user_turn, sizes)
    return sizes


def measured_by_session(user_turns: Iterable[UserTurnRecord]) -> dict[Hashable, dict[str, float]]:
    """What `user_turns` measured, by session; those are gone through once, and not kept."""
    sessions: dict[Hashable, dict[str, float]] = {}
    for user_turn in user_turns:
        _measure(user_turn, sessions.setdefault(hashable(user_turn.session_id), {}))
    return sessions


def _measure(user_turn: UserTurnRecord, sizes: dict[str, float]) -> None:
    for block in user_turn.blocks if isinstance(user_turn.blocks, list) else ():
        if block.kind == "tool_result" and isinstance(block.tool_use_id, str) and block.tool_use_id:
            sizes[block.tool_use_id] = max(0, _tokens(block.approx_tokens))


def with_stored(
    measured: Mapping[str, float], content: Iterable[ContentRecord], call_ids: Set[str]
) -> Mapping[str, float]:
    """The `measured` sizes of one session, and those of results of `call_ids` that are only in `content`."""
    if call_ids <= measured.keys():
        return measured
    sizes = dict(measured)
    last: dict[str, Any] = {}
    for record in content:
        result = record.tool_result
        if record.kind == "tool_result" and isinstance(result, ContentToolResult) and result.tool_use_id in call_ids:
            last[result.tool_use_id] = result.content
    for tool_use_id, stored in last.items():
        if tool_use_id not in sizes:
            sizes[tool_use_id] = -(-utf16_length(tool_result_text(stored)) // UNITS_PER_TOKEN)
    return sizes


def _tokens(value: Any) -> float:
    return value if type(value) is int else number(value)
