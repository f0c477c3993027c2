"""Whether a record is built as a reader builds it, so that an analysis can take it apart.

In: a record of the ledger, which somebody may have edited or torn. Out: whether its lists are lists of what they should hold,
its places numbers and its names no lists or objects. What a log gives as it pleases, such as tokens, may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from relayburn.jsnum import is_number
from relayburn.records import (
    CompactionEvent,
    Record,
    ToolCall,
    ToolResultEventRecord,
    TurnRecord,
    Usage,
    UserTurnBlock,
    UserTurnRecord,
)


def is_sound(record: Record) -> bool:
    """Whether `record` is built as its kind is; kinds without a rule are."""
    rule = _RULES.get(type(record))
    return rule is None or rule(record)


_NESTED = frozenset((list, dict))


def _are_names(*values: Any) -> bool:
    return _NESTED.isdisjoint(map(type, values))


def _turn(turn: TurnRecord) -> bool:
    return (
        isinstance(turn.session_id, str)
        and isinstance(turn.usage, Usage)
        and is_number(turn.turn_index)
        and _are_names(turn.message_id, turn.source)
        and isinstance(turn.tool_calls, list)
        and all(map(_call, turn.tool_calls))
    )


def _call(call: Any) -> bool:
    return (
        isinstance(call, ToolCall)
        and isinstance(call.name, str)
        and _are_names(call.id, call.args_hash, call.target, call.edit_pre_hash, call.edit_post_hash)
    )


def _user_turn(user_turn: UserTurnRecord) -> bool:
    blocks = user_turn.blocks
    return isinstance(blocks, list) and all(map(_block, blocks))


def _block(block: Any) -> bool:
    return isinstance(block, UserTurnBlock) and is_number(block.approx_tokens) and _are_names(block.tool_use_id)


def _event(event: ToolResultEventRecord) -> bool:
    return is_number(event.event_index) and _are_names(
        event.source, event.tool_use_id, event.message_id, event.status, event.event_source
    )


def _compaction(compaction: CompactionEvent) -> bool:
    return _are_names(compaction.preceding_message_id)


_RULES: Mapping[type[Record], Callable[[Any], bool]] = {
    TurnRecord: _turn,
    UserTurnRecord: _user_turn,
    ToolResultEventRecord: _event,
    CompactionEvent: _compaction,
}
