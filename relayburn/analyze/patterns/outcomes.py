"""How the calls of a session ended, in order, and the streaks among them.

In: a session's turns, and its tool-result events where there are any. Out: one `Outcome` a call, from the calls' error
marks or from the last event of each tool use (patterns.md 4-7), so that the detectors of streaks need not know which.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from operator import attrgetter

from msgspec import Struct

from relayburn.analyze.sessions import text_of, time_key
from relayburn.collation import collation_key
from relayburn.records import UNSET, OptionalText, ToolCall, ToolResultEventRecord, TurnRecord

RUNNING = "running"
COMPLETED = "completed"
ERRORED = "errored"
CANCELLED = "cancelled"

TOOL_RESULT = "tool_result"
MIXED = "mixed"

NAMES_WITHOUT_CALL = {
    "subagent_notification": "Subagent",
    "function_call_output": "FunctionCall",
    "queue_event": "QueueEvent",
    "progress_event": "ProgressEvent",
    TOOL_RESULT: "Tool",
}
"""What a tool is called whose call is not in the session, by the source of its event."""


class Outcome(Struct, gc=False, frozen=True, kw_only=True):
    """One call that ended.

    `position` is that of its turn, None where no turn is known. `loop_key` is equal for calls of one tool with the same
    arguments, None where that cannot be told; `failure_key` tells calls of a failure run apart. `event_source` is absent
    where the call's own mark was read.
    """

    status: str
    tool: str
    turn_index: int
    position: int | None
    call: ToolCall | None
    loop_key: Hashable
    failure_key: str
    event_source: OptionalText = UNSET

    @property
    def failed(self) -> bool:
        """True when the call ended with an error."""
        return self.status == ERRORED


def streaks(outcomes: Iterable[Outcome], key: Callable[[Outcome], Hashable]) -> Iterator[list[Outcome]]:
    """The longest runs of neighbours that share a `key`; an outcome whose key is None ends a run and is in none."""
    for value, run in groupby(outcomes, key):
        if value is not None:
            yield list(run)


def positions(streak: Iterable[Outcome]) -> Iterator[int]:
    """Where the turns of a streak stand, as far as they are known."""
    return (outcome.position for outcome in streak if outcome.position is not None)


def tools(streak: Iterable[Outcome]) -> list[str]:
    """The distinct tools of a streak, in order."""
    return list(dict.fromkeys(outcome.tool for outcome in streak))


def shared_event_source(streak: Sequence[Outcome]) -> OptionalText:
    """The one source of a streak's events, or `mixed`; absent where there were no events."""
    first = streak[0].event_source
    return first if all(outcome.event_source == first for outcome in streak) else MIXED


def outcomes_from_flags(turns: Sequence[TurnRecord]) -> list[Outcome]:
    """Every call in order: errored where it is marked so, else completed."""
    return [
        Outcome(
            status=ERRORED if call.is_error is True else COMPLETED,
            tool=call.name,
            turn_index=turn.turn_index,
            position=position,
            call=call,
            loop_key=(call.name, call.args_hash),
            failure_key=f"{call.name}|{call.args_hash}",
        )
        for position, turn in enumerate(turns)
        for call in turn.tool_calls
    ]


def outcomes_from_events(events: Iterable[ToolResultEventRecord], turns: Sequence[TurnRecord]) -> list[Outcome]:
    """The last event of every tool use, in event order; a tool use that is still running is left out.

    Events without a call are placed by their message, else by their time (patterns.md 4.1).
    """
    last: dict[str, ToolResultEventRecord] = {}
    for event in _in_event_order(events):
        last[event.tool_use_id] = event
    ended = [event for event in _in_event_order(last.values()) if event.status != RUNNING]
    places = _Places(turns)
    return [places.outcome(event) for event in ended]


def _in_event_order(events: Iterable[ToolResultEventRecord]) -> list[ToolResultEventRecord]:
    # The locale order is costly and only breaks ties.
    by_index = groupby(sorted(events, key=attrgetter("event_index")), attrgetter("event_index"))
    return [event for _, tied in by_index for event in _in_locale_order(list(tied))]


def _in_locale_order(events: list[ToolResultEventRecord]) -> list[ToolResultEventRecord]:
    if len(events) == 1:
        return events
    return sorted(
        events, key=lambda event: (collation_key(text_of(event.ts)), collation_key(text_of(event.tool_use_id)))
    )


class _Places:
    """Where the events of a session belong: calls by id, turns by message and by time; the last of a name holds."""

    def __init__(self, turns: Sequence[TurnRecord]) -> None:
        self._turns = turns
        self._calls = {call.id: (position, call) for position, turn in enumerate(turns) for call in turn.tool_calls}
        self._messages = {turn.message_id: position for position, turn in enumerate(turns)}
        self._latest_times = list(accumulate((time_key(turn.ts) for turn in turns), max))

    def outcome(self, event: ToolResultEventRecord) -> Outcome:
        if event.tool_use_id in self._calls:
            position, call = self._calls[event.tool_use_id]
            tool, args_hash = call.name, call.args_hash
        else:
            position, call = self._position(event), None
            tool, args_hash = NAMES_WITHOUT_CALL.get(event.event_source, event.event_source), None
        return Outcome(
            status=event.status,
            tool=tool,
            turn_index=event.event_index if position is None else self._turns[position].turn_index,
            position=position,
            call=call,
            loop_key=(tool, args_hash) if args_hash else None,
            failure_key=f"{tool}|{event.tool_use_id if args_hash is None else args_hash}",
            event_source=event.event_source,
        )

    def _position(self, event: ToolResultEventRecord) -> int | None:
        message_id = text_of(event.message_id)
        if message_id and message_id in self._messages:
            return self._messages[message_id]
        if not text_of(event.ts):
            return None
        # The walk through the turns ends at the first later one, even where turns after it are earlier again.
        return max(bisect_right(self._latest_times, time_key(event.ts)) - 1, 0)
