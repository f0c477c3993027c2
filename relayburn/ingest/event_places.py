"""The place of an event among those that a session has already (ingest.md 8).

In: events that come from two sides, the hooks and the transcript. Out: events with indexes that nobody uses yet; the
same news is taken once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from relayburn.jsnum import is_number

Wire = dict[str, Any]

_TERMINAL = ("completed", "errored", "cancelled")


class EventPlaces:
    """The events of one session and source: those of the ledger, and those accepted since."""

    def __init__(self, existing: Iterable[Wire]) -> None:
        self._events = list(existing)

    def knows_draft(self, draft: Wire) -> bool:
        """Whether a hook has told the same before."""
        asked = ["toolUseId", "eventSource", "status"]
        if "agentId" in draft:
            asked.append("agentId")
        if draft["eventSource"] == "progress_event" and "contentHash" in draft:
            asked.append("contentHash")
        return any(all(event.get(name) == draft[name] for name in asked) for event in self._events)

    def next_indexes(self, tool_use_id: Any) -> Wire:
        """The next free `callIndex` of a tool use and `eventIndex` of the session."""
        calls = [event.get("callIndex") for event in self._events if event.get("toolUseId") == tool_use_id]
        return {"callIndex": _after(calls), "eventIndex": _after([event.get("eventIndex") for event in self._events])}

    def placed(self, event: Wire) -> Wire | None:
        """An event of the transcript in its place, which it has from then on; None where it is no news."""
        if self._is_known_end(event):
            return None
        placed = event | self.next_indexes(event.get("toolUseId")) if self._events else event
        self._events.append(placed)
        return placed

    def _is_known_end(self, event: Wire) -> bool:
        return _is_end(event) and any(
            _is_end(known) and known.get("toolUseId") == event.get("toolUseId") for known in self._events
        )


def _is_end(event: Wire) -> bool:
    return event.get("eventSource") == "tool_result" and event.get("status") in _TERMINAL


def _after(indexes: Sequence[Any]) -> int:
    return 1 + max([index for index in indexes if is_number(index)], default=-1)
