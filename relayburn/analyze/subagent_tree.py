"""Who started whom, and what each of them cost.

In: turns, the price table and, where there are any, relationship rows. Out: trees of subagents, and statistics by
type of subagent in US dollars (subagent-tree.md 2 and 4). With relationship rows the graph of section 3 is built.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from relayburn.analyze.subagent_graph import build_subagent_graph
from relayburn.analyze.subagent_node import (
    MAIN,
    ROOT,
    SUBAGENT,
    UNKNOWN,
    Growth,
    SubagentNode,
    describe,
    looping,
    present,
)
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import add_up
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, SessionRelationshipRecord, Subagent, TurnRecord
from relayburn.semantics import Semantics


def build_subagent_tree(
    turns: Iterable[TurnRecord],
    table: PriceTable,
    *,
    semantics: Semantics,
    relationships: Sequence[SessionRelationshipRecord] = (),
) -> dict[str, SubagentNode]:
    """The trees by the id of their root, in order of first appearance. An unpriced turn counts as 0 dollars."""
    costed = [(turn, _cost(turn, table, semantics)) for turn in turns]
    if relationships:
        return build_subagent_graph(costed, relationships)
    sessions: dict[str, list[tuple[TurnRecord, float]]] = {}
    for turn, cost in costed:
        sessions.setdefault(id_text(turn.session_id), []).append((turn, cost))
    return {session_id: _session_tree(session_id, spent) for session_id, spent in sessions.items()}


def _cost(turn: TurnRecord, table: PriceTable, semantics: Semantics) -> float:
    cost = cost_for_turn(turn, table, semantics=semantics)
    return 0 if cost is None else cost.total


def _session_tree(session_id: str, spent: Sequence[tuple[TurnRecord, float]]) -> SubagentNode:
    growth = Growth()
    root = growth.ensure(session_id, MAIN, ROOT)
    parents: dict[str, str] = {}
    for turn, cost in spent:
        growth.spend(_node_of(turn, root, growth, parents), turn, cost)
    loops = looping(parents, top=session_id)
    for agent_id, parent in parents.items():
        above = root if agent_id in loops else growth.nodes.get(parent, root)
        above.children.append(growth.nodes[agent_id])
    growth.finish(root)
    return root


def _node_of(turn: TurnRecord, root: SubagentNode, growth: Growth, parents: dict[str, str]) -> SubagentNode:
    """Whose turn it is; the first turn of an agent also tells its parent."""
    subagent: Any = turn.subagent
    if not isinstance(subagent, Subagent):
        return root
    agent_id = id_text(subagent.agent_id)
    if not agent_id:
        return growth.unresolved_child(root)
    if agent_id == root.node_id:
        return root
    node = growth.ensure(agent_id, UNKNOWN, SUBAGENT)
    describe(node, subagent.subagent_type, subagent.description)
    parents.setdefault(
        agent_id, id_text(subagent.parent_agent_id) if present(subagent.parent_agent_id) else root.node_id
    )
    return node


class SubagentTypeStats(Record, kw_only=True):
    """All invocations of one type of subagent; costs are US dollars an invocation, but for the total."""

    subagent_type: str
    invocations: int
    turns: int
    total_cost: float
    median_cost: float
    p95_cost: float
    mean_cost: float


class _Invocation(Record, kw_only=True):
    subagent_type: str
    turns: int = 0
    cost: float = 0


def aggregate_subagent_type_stats(
    turns: Iterable[TurnRecord], table: PriceTable, *, semantics: Semantics
) -> list[SubagentTypeStats]:
    """One row a type of subagent, dearest first. An invocation is one agent id in one session."""
    invocations: dict[tuple[str, str], _Invocation] = {}
    for turn in turns:
        subagent: Any = turn.subagent
        if not isinstance(subagent, Subagent) or not (agent_id := id_text(subagent.agent_id)):
            continue
        kind = id_text(subagent.subagent_type) if present(subagent.subagent_type) else UNKNOWN
        key = (id_text(turn.session_id), agent_id)
        invocation = invocations.setdefault(key, _Invocation(subagent_type=kind))
        if invocation.subagent_type == UNKNOWN:
            invocation.subagent_type = kind
        invocation.turns += 1
        invocation.cost += _cost(turn, table, semantics)
    by_type: dict[str, list[_Invocation]] = {}
    for invocation in invocations.values():
        by_type.setdefault(invocation.subagent_type, []).append(invocation)
    rows = [_stats(kind, group) for kind, group in by_type.items()]
    return sorted(rows, key=lambda row: -row.total_cost)


def _stats(kind: str, invocations: Sequence[_Invocation]) -> SubagentTypeStats:
    total = add_up(invocation.cost for invocation in invocations)
    ascending = sorted(invocation.cost for invocation in invocations)
    return SubagentTypeStats(
        subagent_type=kind,
        invocations=len(invocations),
        turns=sum(invocation.turns for invocation in invocations),
        total_cost=total,
        median_cost=percentile(ascending, 0.5),
        p95_cost=percentile(ascending, 0.95),
        mean_cost=total / len(invocations),
    )


def percentile(ascending: Sequence[float], share: float) -> float:
    """The cost that `share` of them do not exceed; never between two, so the lower middle of an even count."""
    return ascending[min(len(ascending) - 1, max(0, math.ceil(share * len(ascending)) - 1))]
