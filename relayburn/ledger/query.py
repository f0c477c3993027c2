"""What the ledger holds, asked for (ledger.md 6).

In: a query whose fields are all optional and combined with AND; an empty one is not given. Out: records in wire form, in the
order they were first appended; a turn with what its stamps say, as `enrichment`, its last key. Under `last_record_wins`
the newest record of an identity stands in the place of the first; under `count_copies_once` a turn that was copied from
another session is left out, with what stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from relayburn.jsjson import truthy
from relayburn.ledger.copies import copies_among, counted, counted_beside
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire, identity_key
from relayburn.ledger.lines import walk as walk_file
from relayburn.ledger.stamp import Folding, in_order, is_before
from relayburn.ledger.store import store_of
from relayburn.semantics import CURRENT, Semantics

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Which records are asked for.

    `since` and `until` are ISO texts, both inclusive and compared as texts; `project` is a project or its key;
    `enrichment` gives values that a turn's stamps must have. An empty value is not given.
    """

    since: str | None = None
    until: str | None = None
    session_id: str | None = None
    source: str | None = None
    project: str | None = None
    enrichment: Mapping[str, Any] | None = None


EVERYTHING = LedgerQuery()


def query_turns(home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT) -> list[Wire]:
    """The turns that `query` asks for, each with its `enrichment`. Raises `HomeUnreadable`, `UnsupportedStorage`."""
    folding = Folding(in_order(store_of(home).stamps()))
    found = []
    for turn in _records(home, "turn", query, semantics):
        if not (_in_time(query, turn) and _of_session(query, turn) and _of_project(query, turn)):
            continue
        enrichment = folding.of(turn)
        if _is_enriched(query, enrichment):
            turn.pop("enrichment", None)
            turn["enrichment"] = enrichment
            found.append(turn)
    return found


def query_compactions(home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT) -> list[Wire]:
    """The compactions that `query` asks for. Raises as `query_turns` does."""
    return _query(home, "compaction", query, semantics, (_in_time, _of_session))


def query_relationships(home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT) -> list[Wire]:
    """The relationships that `query` asks for, on either side of which its session stands. Raises as `query_turns` does."""
    return _query(home, "relationship", query, semantics, (_in_time_or_timeless, _of_either_session))


def query_tool_result_events(
    home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT
) -> list[Wire]:
    """The tool result events that `query` asks for. Raises as `query_turns` does."""
    return _query(home, "tool_result_event", query, semantics, (_in_time_or_timeless, _of_session))


def query_user_turns(home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT) -> list[Wire]:
    """The user turns that `query` asks for. Raises as `query_turns` does."""
    return _query(home, "user_turn", query, semantics, (_in_time, _of_session))


def recorded(
    home: Home, kind: str, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT
) -> Iterable[Wire]:
    """The newest records of `kind` in the session that `query` names, those of copied turns too. Raises as `query_turns`."""
    return (record for record in _newest(home, kind, query, semantics) if _of_session(query, record))


def walk(home: Home) -> Iterator[Wire]:
    """All ledger lines of known kinds, in file order and as they stand. Raises `HomeUnreadable`."""
    return walk_file(home.ledger)


Filter = Callable[[LedgerQuery, Wire], bool]


def _query(home: Home, kind: str, query: LedgerQuery, semantics: Semantics, filters: tuple[Filter, ...]) -> list[Wire]:
    records = _records(home, kind, query, semantics)
    return [record for record in records if all(passes(query, record) for passes in filters)]


def _records(home: Home, kind: str, query: LedgerQuery, semantics: Semantics) -> Iterable[Wire]:
    """The records of `kind` that count, in order, and at times some more of other sessions."""
    if not semantics.count_copies_once or kind == "relationship":
        return _newest(home, kind, query, semantics)
    # Whether a turn is a copy, the other sessions know.
    turns = _newest(home, "turn", EVERYTHING, semantics)
    if kind == "turn":
        return counted(turns)
    asked = EVERYTHING if kind == "compaction" else query
    return counted_beside(kind, _newest(home, kind, asked, semantics), copies_among(turns))


def _newest(home: Home, kind: str, query: LedgerQuery, semantics: Semantics) -> Iterable[Wire]:
    """The records of `kind`, the newest of each identity, in order, without most of those that plainly are of other sessions."""
    session = query.session_id if type(query.session_id) is str and query.session_id else None
    records = store_of(home).records(kind, session)
    if not semantics.last_record_wins:
        return records
    return {identity_key(kind, record): record for record in records}.values()


def _in_time(query: LedgerQuery, record: Wire) -> bool:
    ts = record.get("ts")
    return not (is_before(ts, query.since) or (query.until and is_before(query.until, ts)))


def _in_time_or_timeless(query: LedgerQuery, record: Wire) -> bool:
    return not record.get("ts") or _in_time(query, record)


def _of_session(query: LedgerQuery, record: Wire) -> bool:
    return _agrees(query.session_id, record.get("sessionId")) and _agrees(query.source, record.get("source"))


def _of_either_session(query: LedgerQuery, record: Wire) -> bool:
    if not _agrees(query.source, record.get("source")):
        return False
    return _agrees(query.session_id, record.get("sessionId")) or _agrees(
        query.session_id, record.get("relatedSessionId")
    )


def _of_project(query: LedgerQuery, turn: Wire) -> bool:
    return _agrees(query.project, turn.get("project")) or _agrees(query.project, turn.get("projectKey"))


def _agrees(asked: Any, value: Any) -> bool:
    return not truthy(asked) or asked == value


def _is_enriched(query: LedgerQuery, enrichment: Mapping[str, Any]) -> bool:
    asked = query.enrichment or {}
    return all(enrichment.get(key, _ABSENT) == value for key, value in asked.items())
