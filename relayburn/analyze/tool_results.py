"""How the tool calls of sessions ended, as their result events tell (cli.md 9.1).

In: tool result events of a session and of those linked to it. Out: the order to read them in, and per session how many calls
ended how: the last event of a call decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from relayburn.analyze.patterns.outcomes import CANCELLED, COMPLETED, ERRORED
from relayburn.analyze.sessions import by_session, hashable
from relayburn.collation import collation_key
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import number
from relayburn.records import Record, ToolResultEventRecord

UNKNOWN = "unknown"
_ENDS = frozenset((COMPLETED, ERRORED, CANCELLED))


class ToolResultStatus(Record, kw_only=True):
    """One session: its calls that have events, by how they ended."""

    session_id: str
    tool_calls: int = 0
    completed: int = 0
    errored: int = 0
    cancelled: int = 0
    unknown: int = 0


def reading_place(event: ToolResultEventRecord) -> tuple[Any, ...]:
    """Where an event stands among others: by session, then by call, each call's in order."""
    names = (collation_key(id_text(name)) for name in (event.session_id, event.tool_use_id))
    return *names, number(event.event_index)


def tool_result_statuses(events: Iterable[ToolResultEventRecord]) -> list[ToolResultStatus]:
    """One row for each session of `events`, which are in reading order."""
    return [_status(of_session) for of_session in by_session(events).values()]


def _status(events: Sequence[ToolResultEventRecord]) -> ToolResultStatus:
    last = {hashable(event.tool_use_id): event.status for event in events}
    ends = Counter(status if status in _ENDS else UNKNOWN for status in map(hashable, last.values()))
    return ToolResultStatus(
        session_id=events[0].session_id,
        tool_calls=len(last),
        completed=ends[COMPLETED],
        errored=ends[ERRORED],
        cancelled=ends[CANCELLED],
        unknown=ends[UNKNOWN],
    )


def errors_by_call(events: Iterable[ToolResultEventRecord]) -> Counter[tuple[Hashable, Hashable]]:
    """How often each call, by session and id, is told to have failed."""
    return Counter(call_of(event) for event in events if event.status == ERRORED)


def call_of(event: ToolResultEventRecord) -> tuple[Hashable, Hashable]:
    """The call that an event is of, by session and id."""
    return hashable(event.session_id), hashable(event.tool_use_id)
