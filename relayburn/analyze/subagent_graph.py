"""Subagent trees over all sessions, from relationship rows and turns (subagent-tree.md 3).

In: turns with their cost in US dollars, and the rows. Out: the trees by the id of their root, in order of creation.
An agent may be known under several ids; a chain of parents that loops is cut, and its nodes stand on their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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
from relayburn.pricing.ids import id_text
from relayburn.records import SessionRelationshipRecord, Subagent, TurnRecord

CostedTurn = tuple[TurnRecord, float]


def build_subagent_graph(
    costed: Sequence[CostedTurn], rows: Sequence[SessionRelationshipRecord]
) -> dict[str, SubagentNode]:
    """The trees of `rows` and of the turns, each given with its cost."""
    graph = _Graph(_aliases(costed, rows))
    for row in rows:
        graph.add_row(row)
    for turn, _ in costed:
        graph.add_agent(turn)
    for turn, _ in costed:
        graph.add_session(turn)
    graph.attach()
    for turn, cost in costed:
        graph.spend(turn, cost)
    return graph.trees()


def _aliases(costed: Iterable[CostedTurn], rows: Sequence[SessionRelationshipRecord]) -> Mapping[str, str]:
    """Under which id a session or agent is kept; ids that are not here stand for themselves."""
    native = {id_text(turn.session_id) for turn, _ in costed if _agent_id(turn)}
    native.update(
        id_text(row.session_id) for row in rows if _is_subagent(row) and row.related_session_id == row.session_id
    )
    aliases = {(session := id_text(row.session_id)): session for row in rows}
    for row in filter(_is_subagent, rows):
        session = id_text(row.session_id)
        if present(row.agent_id):
            agent = id_text(row.agent_id)
            aliases[agent] = agent if session in native else session
        else:
            aliases[session] = session
    return aliases


def _is_subagent(row: SessionRelationshipRecord) -> bool:
    return row.relationship_type == SUBAGENT


def _subagent(turn: TurnRecord) -> Subagent | None:
    subagent: Any = turn.subagent
    return subagent if isinstance(subagent, Subagent) else None


def _agent_id(turn: TurnRecord) -> str:
    subagent = _subagent(turn)
    return "" if subagent is None else id_text(subagent.agent_id)


class _Graph:
    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases
        self._growth = Growth()
        self._parents: dict[str, str] = {}

    def _canonical(self, value: Any) -> str:
        name = id_text(value)
        return self._aliases.get(name, name)

    def add_row(self, row: SessionRelationshipRecord) -> None:
        named = row.agent_id if _is_subagent(row) and present(row.agent_id) else row.session_id
        node = self._growth.ensure(self._canonical(named), _label(row), row.relationship_type)
        if row.relationship_type == ROOT:
            if node.relationship_type == ROOT:
                node.label = MAIN
            return
        node.relationship_type = row.relationship_type
        node.label = _label(row)
        if present(row.subagent_type):
            node.subagent_type = row.subagent_type
        if present(row.description):
            node.description = row.description
        if present(row.related_session_id):
            parent = self._canonical(row.related_session_id)
            self._growth.ensure(parent, parent, ROOT)
            self._parents.setdefault(node.node_id, parent)

    def add_agent(self, turn: TurnRecord) -> None:
        """Make the node of a subagent's turn; rows may have named it already, and know better."""
        subagent = _subagent(turn)
        if subagent is None or not id_text(subagent.agent_id):
            return
        node = self._growth.ensure(self._canonical(subagent.agent_id), UNKNOWN, SUBAGENT)
        if node.relationship_type == ROOT:
            node.relationship_type = SUBAGENT
        describe(node, subagent.subagent_type, subagent.description)
        parent = subagent.parent_agent_id if present(subagent.parent_agent_id) else turn.session_id
        self._parents.setdefault(node.node_id, self._canonical(parent))

    def add_session(self, turn: TurnRecord) -> None:
        node = self._growth.ensure(self._canonical(turn.session_id), MAIN, ROOT)
        if node.relationship_type == ROOT:
            node.label = MAIN

    def attach(self) -> None:
        """Hang every node under its parent, in the order in which parents became known."""
        for parent in self._parents.values():
            self._growth.ensure(parent, parent, ROOT)
        loops = looping(self._parents)
        for node_id, parent in self._parents.items():
            if node_id not in loops:
                self._growth.nodes[parent].children.append(self._growth.nodes[node_id])

    def spend(self, turn: TurnRecord, cost: float) -> None:
        agent_id = _agent_id(turn)
        node = self._growth.nodes[self._canonical(agent_id or turn.session_id)]
        if not agent_id and _subagent(turn) is not None:
            node = self._growth.unresolved_child(node)
        self._growth.spend(node, turn, cost)

    def trees(self) -> dict[str, SubagentNode]:
        """Every node that is nobody's child, with all below it."""
        nodes = self._growth.nodes
        children = {child.node_id for node in nodes.values() for child in node.children}
        roots = {node_id: node for node_id, node in nodes.items() if node_id not in children}
        for root in roots.values():
            self._growth.finish(root)
        return roots


def _label(row: SessionRelationshipRecord) -> str:
    if row.relationship_type == ROOT:
        return MAIN
    if _is_subagent(row):
        return id_text(row.subagent_type) if present(row.subagent_type) else UNKNOWN
    return id_text(row.session_id)
