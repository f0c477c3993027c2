"""What sessions of each kind cost: started anew, continued, forked, or run by a subagent.

In: relationship rows, turns and the price table. Out: statistics over sessions by relationship type, and over invocations
by type of subagent, in US dollars (cli.md 7.4). Rows none of whose turns are given do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from relayburn.analyze.subagent_node import ROOT, SPAWN_ENV, SUBAGENT, UNKNOWN, present
from relayburn.analyze.subagent_tree import SubagentTypeStats, percentile
from relayburn.jsjson import truthy
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import add_up
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, SessionRelationshipRecord, Subagent, TurnRecord, relationship_key
from relayburn.semantics import Semantics

TYPES = (ROOT, "continuation", "fork", SUBAGENT)
"""The types in the order in which they are listed."""


class RelationshipStats(Record, kw_only=True):
    """The sessions of one relationship type; costs are US dollars a session, but for the total."""

    relationship_type: str
    count: int
    session_count: int
    turn_count: int
    total_cost: float
    median_cost: float
    p95_cost: float
    mean_cost: float


class RelatedSpending(Record, kw_only=True):
    """By relationship type, and by type of subagent, dearest first."""

    relationships: list[RelationshipStats]
    subagent_types: list[SubagentTypeStats]


class _Spent(Struct):
    """One row with its turns, or one session with those of its rows."""

    turns: int = 0
    cost: float = 0


class _Matched(Struct, frozen=True):
    row: SessionRelationshipRecord
    turns: Sequence[TurnRecord]
    cost: float


def spending_by_relationship(
    rows: Iterable[SessionRelationshipRecord],
    turns: Iterable[TurnRecord],
    table: PriceTable,
    *,
    semantics: Semantics,
) -> RelatedSpending:
    """The statistics of `rows`, a repeated one counted once. A turn counts for every row that it belongs to."""
    index = _Index(turns)
    distinct: dict[str, SessionRelationshipRecord] = {}
    for row in rows:
        distinct.setdefault(relationship_key(row), row)
    matched = [
        _Matched(row, found, _cost(found, table, semantics))
        for row in distinct.values()
        if (found := index.turns_of(row))
    ]
    return RelatedSpending(
        relationships=list(_by_type(matched)),
        subagent_types=_by_subagent_type(each for each in matched if each.row.relationship_type == SUBAGENT),
    )


class _Index:
    """Turns by session, and those of subagents by agent."""

    def __init__(self, turns: Iterable[TurnRecord]) -> None:
        self._sessions: dict[str, list[TurnRecord]] = {}
        self._agents: dict[tuple[str, str], list[TurnRecord]] = {}
        self._main: dict[str, list[TurnRecord]] = {}
        self._sidechains: dict[str, list[TurnRecord]] = {}
        for turn in turns:
            session = id_text(turn.session_id)
            self._sessions.setdefault(session, []).append(turn)
            subagent: Any = turn.subagent
            if not isinstance(subagent, Subagent):
                self._main.setdefault(session, []).append(turn)
                continue
            agent = id_text(subagent.agent_id)
            is_sidechain = truthy(subagent.is_sidechain)
            if agent:
                self._agents.setdefault((session, agent), []).append(turn)
            if is_sidechain:
                self._sidechains.setdefault(session, []).append(turn)
            if not is_sidechain or agent == session:
                self._main.setdefault(session, []).append(turn)

    def turns_of(self, row: SessionRelationshipRecord) -> Sequence[TurnRecord]:
        """The turns that `row` is about."""
        session = id_text(row.session_id)
        if row.relationship_type == ROOT:
            return self._main.get(session, ())
        everything = self._sessions.get(session, ())
        if row.relationship_type != SUBAGENT:
            return everything
        agent = id_text(row.agent_id)
        if agent and (found := self._agents.get((session, agent))):
            return found
        if session == agent:
            return everything
        if found := self._sidechains.get(session):
            return found
        return everything if row.source == SPAWN_ENV else ()


def _cost(turns: Iterable[TurnRecord], table: PriceTable, semantics: Semantics) -> float:
    costs = (cost_for_turn(turn, table, semantics=semantics) for turn in turns)
    return add_up(cost.total for cost in costs if cost is not None)


def _by_type(matched: Sequence[_Matched]) -> Iterator[RelationshipStats]:
    for kind in TYPES:
        sessions: dict[str, _Spent] = {}
        for each in matched:
            if each.row.relationship_type == kind:
                spent = sessions.setdefault(id_text(each.row.session_id), _Spent())
                spent.turns += len(each.turns)
                spent.cost += each.cost
        if sessions:
            yield _stats(kind, list(sessions.values()))


def _stats(kind: str, sessions: Sequence[_Spent]) -> RelationshipStats:
    ascending = sorted(spent.cost for spent in sessions)
    total = add_up(ascending)
    return RelationshipStats(
        relationship_type=kind,
        count=len(sessions),
        session_count=len(sessions),
        turn_count=sum(spent.turns for spent in sessions),
        total_cost=total,
        median_cost=percentile(ascending, 0.5),
        p95_cost=percentile(ascending, 0.95),
        mean_cost=total / len(sessions),
    )


def _by_subagent_type(matched: Iterable[_Matched]) -> list[SubagentTypeStats]:
    types: dict[str, list[_Matched]] = {}
    for each in matched:
        types.setdefault(_subagent_type(each), []).append(each)
    return sorted((_invocations(kind, each) for kind, each in types.items()), key=lambda row: -row.total_cost)


def _subagent_type(matched: _Matched) -> str:
    """The type that the row names, else its first turn."""
    if present(matched.row.subagent_type):
        return id_text(matched.row.subagent_type)
    first: Any = matched.turns[0].subagent
    if isinstance(first, Subagent) and present(first.subagent_type):
        return id_text(first.subagent_type)
    return UNKNOWN


def _invocations(kind: str, matched: Sequence[_Matched]) -> SubagentTypeStats:
    ascending = sorted(each.cost for each in matched)
    total = add_up(ascending)
    return SubagentTypeStats(
        subagent_type=kind,
        invocations=len(matched),
        turns=sum(len(each.turns) for each in matched),
        total_cost=total,
        median_cost=percentile(ascending, 0.5),
        p95_cost=percentile(ascending, 0.95),
        mean_cost=total / len(matched),
    )
