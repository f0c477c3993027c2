"""Records read from the archive.

In: a home whose archive is up to date, and a query. Out: turns by time, then turn index, then first appearance, each the
newest of its identity; other records in ledger order. Under `whole_archive` a record is as it was recorded; under ts-1.10 a
turn is what the old archive kept of it (archive.md 6).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from relayburn import jsjson
from relayburn.ledger.archive.filters import condition, is_enriched
from relayburn.ledger.archive.readback import archived_turn
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.query import EVERYTHING, LedgerQuery
from relayburn.ledger.stamps import Folding, Stamp, in_order
from relayburn.ledger.tables import COMPACTIONS, STAMPS, TOOL_RESULT_EVENTS, TURNS, USER_TURNS, Table, Wire
from relayburn.records import (
    CompactionEvent,
    Record,
    ToolResultEventRecord,
    TurnRecord,
    UserTurnRecord,
    from_wire,
)
from relayburn.semantics import CURRENT, Semantics

TURN_ORDER = "ts, turn_index, first"
"""How turns come out of the archive."""

R = TypeVar("R", bound=Record)
T = TypeVar("T")


def query_all(home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT) -> list[Wire]:
    """The turns that `query` asks for, in wire form, each with its `enrichment`. Raises `ArchiveUnusable`."""
    return ask(home, lambda snapshot: list(_wires(snapshot, query, semantics)), semantics=semantics)


def query_turns(home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT) -> list[Wire]:
    """As `query_all`; under ts-1.10 without `fidelity`."""
    turns = query_all(home, query, semantics=semantics)
    if not semantics.whole_archive:
        for turn in turns:
            turn.pop("fidelity", None)
    return turns


def read_turns(home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT) -> list[TurnRecord]:
    """The turns that `query` asks for, as records, which have no enrichment. Raises `ArchiveUnusable`."""
    if not semantics.whole_archive:
        return [from_wire(TurnRecord, turn) for turn in query_all(home, query, semantics=semantics)]
    return ask(home, lambda snapshot: _records(snapshot, query, semantics), semantics=semantics)


def read_stamped_turns(
    home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT
) -> list[tuple[TurnRecord, Mapping[str, Any]]]:
    """The turns that `query` asks for, each with its enrichment. Raises `ArchiveUnusable`."""
    if semantics.whole_archive:
        return ask(home, lambda snapshot: list(_stamped(snapshot, query, semantics)), semantics=semantics)
    turns = query_all(home, query, semantics=semantics)
    return [(from_wire(TurnRecord, turn), turn["enrichment"]) for turn in turns]


def read_user_turns(
    home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT
) -> list[UserTurnRecord]:
    """The user turns that `query` asks for by time and session. Raises `ArchiveUnusable`."""
    return over_user_turns(home, query, list, semantics=semantics)


def over_user_turns(
    home: Home, query: LedgerQuery, take: Callable[[Iterator[UserTurnRecord]], T], *, semantics: Semantics = CURRENT
) -> T:
    """What `take` makes of the user turns that `query` asks for, while they are read. Raises `ArchiveUnusable`.

    It may be asked again from the first one on, where the archive changes meanwhile.
    """
    return ask(
        home, lambda snapshot: take(_newest(snapshot, USER_TURNS, _USER_TURN, query, "true")), semantics=semantics
    )


def read_compactions(
    home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT
) -> list[CompactionEvent]:
    """The compactions that `query` asks for by time and session. Raises `ArchiveUnusable`."""
    return ask(
        home, lambda snapshot: list(_newest(snapshot, COMPACTIONS, _COMPACTION, query, "true")), semantics=semantics
    )


def read_tool_result_events(
    home: Home, query: LedgerQuery = EVERYTHING, *, semantics: Semantics = CURRENT
) -> list[ToolResultEventRecord]:
    """The tool result events that `query` asks for; those without a time are of any time. Raises `ArchiveUnusable`."""
    timeless = "coalesce(ts, '') <> ''"
    return ask(
        home, lambda snapshot: list(_newest(snapshot, TOOL_RESULT_EVENTS, _EVENT, query, timeless)), semantics=semantics
    )


def folding_of(snapshot: Snapshot) -> Folding:
    """What all stamps of the archive say, ready to be asked for single turns."""
    lines = snapshot.rows(f"SELECT line FROM {snapshot.newest_rows(STAMPS)} ORDER BY place")
    return Folding(in_order(Stamp.of_line(record_of_line(line)) for (line,) in lines))


def record_of_line(line: str) -> Wire:
    """A ledger line as an object, numbers as JavaScript has them."""
    return jsjson.as_doubles(jsjson.loads(line))


class _Decoder(Generic[R]):
    """Reads the record of a line: a plain one by its type, an odd one as JavaScript would."""

    def __init__(self, record: type[R]) -> None:
        self._type = record
        line = msgspec.defstruct("Line", [("record", record)])
        self._plain: Callable[[str], Any] = msgspec.json.Decoder(line).decode

    def __call__(self, line: str, odd: bool) -> R:
        return from_wire(self._type, record_of_line(line)["record"]) if odd else self._plain(line).record


class _Turns:
    """Reads the turns of lines; what many of them have in common they share."""

    def __init__(self) -> None:
        self._shared: dict[Any, Any] = {}

    def __call__(self, line: str, odd: bool) -> TurnRecord:
        turn = _TURN(line, odd)
        if odd:
            return turn
        share = self._shared.setdefault
        turn.source = share(turn.source, turn.source)
        turn.session_id = share(turn.session_id, turn.session_id)
        turn.session_path = share(turn.session_path, turn.session_path)
        turn.project = share(turn.project, turn.project)
        turn.project_key = share(turn.project_key, turn.project_key)
        turn.model = share(turn.model, turn.model)
        turn.stop_reason = share(turn.stop_reason, turn.stop_reason)
        turn.activity = share(turn.activity, turn.activity)
        turn.fidelity = share(turn.fidelity, turn.fidelity)
        for call in turn.tool_calls:
            call.name = share(call.name, call.name)
            call.target = share(call.target, call.target)
        return turn


_TURN = _Decoder(TurnRecord)
_USER_TURN = _Decoder(UserTurnRecord)
_EVENT = _Decoder(ToolResultEventRecord)
_COMPACTION = _Decoder(CompactionEvent)


def _wires(snapshot: Snapshot, query: LedgerQuery, semantics: Semantics) -> Iterator[Wire]:
    folding = folding_of(snapshot)
    for line, odd in _turn_lines(snapshot, query):
        record = record_of_line(line)["record"] if odd else jsjson.loads(line)["record"]
        enrichment = folding.of(record)
        if not is_enriched(query.enrichment, enrichment, semantics=semantics):
            continue
        if semantics.whole_archive:
            record.pop("enrichment", None)
            record["enrichment"] = enrichment
            yield record
        else:
            yield archived_turn(record, enrichment)


def _records(snapshot: Snapshot, query: LedgerQuery, semantics: Semantics) -> list[TurnRecord]:
    if query.enrichment:
        return [turn for turn, _ in _stamped(snapshot, query, semantics)]
    where, values = condition(query)
    asked = f"FROM {snapshot.newest_rows(TURNS)} WHERE {where}"
    read = _Turns()
    # Lines come as they lie, and their places in order: to sort lines, DuckDB would hold all of them at once.
    turns = {place: read(line, odd) for place, line, odd in snapshot.stream(f"SELECT place, line, odd {asked}", values)}
    return [turns[place] for (place,) in snapshot.stream(f"SELECT place {asked} ORDER BY {TURN_ORDER}", values)]


def _stamped(
    snapshot: Snapshot, query: LedgerQuery, semantics: Semantics
) -> Iterator[tuple[TurnRecord, Mapping[str, Any]]]:
    folding = folding_of(snapshot)
    read = _Turns()
    for line, odd in _turn_lines(snapshot, query):
        turn = read(line, odd)
        said = folding.of({"sessionId": turn.session_id, "messageId": turn.message_id, "ts": turn.ts})
        if is_enriched(query.enrichment, said, semantics=semantics):
            yield turn, said


def _turn_lines(snapshot: Snapshot, query: LedgerQuery) -> Iterator[tuple[Any, ...]]:
    where, values = condition(query)
    rows = snapshot.newest_rows(TURNS)
    return snapshot.stream(f"SELECT line, odd FROM {rows} WHERE {where} ORDER BY {TURN_ORDER}", values)


def _newest(snapshot: Snapshot, table: Table, read: _Decoder[R], query: LedgerQuery, timed: str) -> Iterator[R]:
    """The newest records of a table that have no project, in the order they first came; time holds where `timed` does."""
    time, times = condition(LedgerQuery(since=query.since, until=query.until))
    session, sessions = condition(LedgerQuery(session_id=query.session_id, source=query.source))
    where = f"(NOT ({timed}) OR ({time})) AND {session}"
    rows = snapshot.newest_rows(table)
    lines = snapshot.stream(f"SELECT line, odd FROM {rows} WHERE {where} ORDER BY first", [*times, *sessions])
    return (read(line, odd) for line, odd in lines)
