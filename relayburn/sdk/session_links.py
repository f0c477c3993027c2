"""What a session and its relatives left in the ledger.

In: a home and a session's id. Out: the relationships on either side of which it stands, and the tool result events of all
sessions that these name, in wire form (cli.md 9.1).
"""

from __future__ import annotations

from collections.abc import Sequence

from relayburn.analyze.sessions import hashable
from relayburn.analyze.tool_results import reading_place
from relayburn.ledger import query as ledger
from relayburn.ledger.identity import Wire
from relayburn.ledger.query import LedgerQuery
from relayburn.records import ToolResultEventRecord, from_wire, to_wire
from relayburn.sdk.reading import Reading

_NAMES = ("sessionId", "relatedSessionId")


def relationships_of(reading: Reading, session: str) -> list[Wire]:
    """The relationships of a session, in the order of the ledger. Raises `HomeUnreadable`, `UnsupportedStorage`."""
    return ledger.query_relationships(reading.home, LedgerQuery(session_id=session), semantics=reading.semantics)


def events_of_relatives(reading: Reading, session: str, relationships: Sequence[Wire]) -> list[Wire]:
    """The tool result events of a session and of all sessions that `relationships` name, in reading order.

    Raises as `relationships_of`.
    """
    named = {name for row in relationships for key in _NAMES if isinstance(name := row.get(key), str) and name}
    sessions = {session} | named
    query = LedgerQuery(session_id=session) if len(sessions) == 1 else LedgerQuery()
    kept = [event for event in _events(reading, query) if hashable(event.get("sessionId")) in sessions]
    return sorted(kept, key=lambda event: reading_place(from_wire(ToolResultEventRecord, event)))


def _events(reading: Reading, query: LedgerQuery) -> list[Wire]:
    if reading.semantics.whole_archive:
        return to_wire(reading.tool_result_events(query))
    return ledger.query_tool_result_events(reading.home, query, semantics=reading.semantics)
