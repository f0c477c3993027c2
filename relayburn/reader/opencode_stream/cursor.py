"""What a stream has given already, so that a later one gives nothing twice.

In: the wire form of an earlier cursor. Out: `StreamCursor` (reader-opencode-stream.md 1). It holds ids and counters alone:
which sessions a stream owns is not remembered.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from relayburn.errors import InvalidInput
from relayburn.jsnum import is_number, normalize
from relayburn.records import UNSET, UnsetType
from relayburn.text import WHITE_SPACE

_LEADING_INTEGER = re.compile(f"[{WHITE_SPACE}]*([+-]?[0-9]+)")


class StreamCursor(Struct, rename="camel", kw_only=True, frozen=True):
    """The ids of messages and tool results given so far, in order, and the next event index of each session.

    It is a snapshot, and its lists may be those of the next one: they are not to be changed.
    """

    emitted_message_ids: list[str] = field(default_factory=list)
    emitted_tool_event_ids: list[str] = field(default_factory=list)
    last_event_id: str | UnsetType | None = UNSET
    next_tool_event_index_by_session: dict[str, int | float] | UnsetType = UNSET


def load_cursor(wire: Any) -> StreamCursor:
    """The cursor of a stored JSON value; null or missing parts are empty.

    Without the key of the next indexes they are derived from the ids of the tool results. Raises `InvalidInput` when a
    list of ids is something else.
    """
    stored = wire if isinstance(wire, dict) else {}
    tool_event_ids = _ids(stored, "emittedToolEventIds")
    if "nextToolEventIndexBySession" in stored:
        indexes = _saved_indexes(stored["nextToolEventIndexBySession"])
    else:
        indexes = _derived_indexes(tool_event_ids)
    return StreamCursor(
        emitted_message_ids=_ids(stored, "emittedMessageIds"),
        emitted_tool_event_ids=tool_event_ids,
        last_event_id=stored.get("lastEventId", UNSET),
        next_tool_event_index_by_session=indexes or UNSET,
    )


def _ids(stored: dict[str, Any], key: str) -> list[str]:
    ids = stored.get(key)
    if ids is None:
        return []
    if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
        raise InvalidInput(f"{key} of a stream cursor must be a list of texts")
    return list(dict.fromkeys(ids))


def _saved_indexes(saved: Any) -> dict[str, int | float]:
    if not isinstance(saved, dict):
        return {}
    return {
        session_id: normalize(index)
        for session_id, index in saved.items()
        if is_number(index) and 0 <= index < math.inf
    }


def _derived_indexes(tool_event_ids: Iterable[str]) -> dict[str, int | float]:
    """One more than the largest number that an id of the session ends in."""
    indexes: dict[str, int | float] = {}
    for key in tool_event_ids:
        session_id, bar, rest = key.partition("|")
        _, second_bar, tail = rest.rpartition("|")
        number = _LEADING_INTEGER.match(tail)
        if not session_id or not bar or not second_bar or not number:
            continue
        # Through a double, as JavaScript has it: an integer of any length is read.
        used = float(number[1])
        if 0 <= used < math.inf:
            indexes[session_id] = max(indexes.get(session_id, 0), normalize(used + 1))
    return indexes
