"""The nodes of a subagent tree, and how costs add up along it.

In: nodes under construction, turns spent on them, and who started whom. Out: finished trees: cumulative turns and US
dollars, depths, dearest child first (subagent-tree.md 1). Trees may be as deep as they like.
"""

from __future__ import annotations

from collections.abc import Mapping

from relayburn.pricing.ids import id_text
from relayburn.records import UNSET, Record, TurnRecord, UnsetType
from relayburn.text import code_unit_key

MAIN = "main"
UNKNOWN = "(unknown)"
UNRESOLVED = "(unresolved)"
ROOT = "root"
SUBAGENT = "subagent"
SPAWN_ENV = "spawn-env"
"""The source of a relationship that only the environment tells of."""


class SubagentNode(Record, kw_only=True):
    """A session or one invocation of a subagent: own turns and US dollars, and those of all below it as well."""

    node_id: str
    label: str
    relationship_type: str
    subagent_type: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    models: list[str]
    self_turns: int = 0
    self_cost: float = 0
    cumulative_turns: int = 0
    cumulative_cost: float = 0
    depth: int = 0
    children: list[SubagentNode]


class Growth:
    """Nodes by id while turns are still being added to them."""

    def __init__(self) -> None:
        self.nodes: dict[str, SubagentNode] = {}
        self._models: dict[str, dict[str, None]] = {}

    def ensure(self, node_id: str, label: str, relationship_type: str) -> SubagentNode:
        """The node `node_id`, made with this label and type where there is none."""
        node = self.nodes.get(node_id)
        if node is None:
            node = SubagentNode(
                node_id=node_id, label=label, relationship_type=relationship_type, models=[], children=[]
            )
            self.nodes[node_id] = node
        return node

    def unresolved_child(self, parent: SubagentNode) -> SubagentNode:
        """The child of `parent` for sidechain turns that do not say whose they are; attached when first asked for."""
        node_id = f"{parent.node_id}:__unresolved"
        known = node_id in self.nodes
        node = self.ensure(node_id, UNRESOLVED, SUBAGENT)
        if not known:
            parent.children.append(node)
        return node

    def spend(self, node: SubagentNode, turn: TurnRecord, cost: float) -> None:
        """Count `turn`, which cost `cost` US dollars, as the node's own."""
        node.self_turns += 1
        node.self_cost += cost
        if turn.model:
            self._models.setdefault(node.node_id, {})[id_text(turn.model)] = None

    def finish(self, root: SubagentNode) -> None:
        """Fold the tree below `root`: models, depths, cumulative figures, order of children."""
        for node in _children_first(root):
            node.models = sorted(self._models.get(node.node_id, ()), key=code_unit_key)
            node.cumulative_turns = node.self_turns
            node.cumulative_cost = node.self_cost
            # In order of attachment: the sum of doubles depends on it.
            for child in node.children:
                node.cumulative_turns += child.cumulative_turns
                node.cumulative_cost += child.cumulative_cost
            node.children.sort(key=lambda child: -child.cumulative_cost)


def _children_first(root: SubagentNode) -> list[SubagentNode]:
    order = [root]
    for node in order:
        for child in node.children:
            child.depth = node.depth + 1
        order.extend(node.children)
    return order[::-1]


def describe(node: SubagentNode, subagent_type: str | UnsetType, description: str | UnsetType) -> None:
    """Fill in what `node` does not say yet; what it says already stays."""
    if node.label == UNKNOWN and present(subagent_type):
        node.label = str(subagent_type)
    if not present(node.subagent_type) and present(subagent_type):
        node.subagent_type = subagent_type
    if not present(node.description) and present(description):
        node.description = description


def present(value: object) -> bool:
    """True for an optional value that is there; an empty text is."""
    return value is not UNSET and value is not None


def looping(parents: Mapping[str, str], top: str | None = None) -> set[str]:
    """The ids whose chain of parents meets an id twice. A chain ends at `top` and where no parent is known."""
    fine: set[str] = set()
    bad: set[str] = set()
    for start in parents:
        path: dict[str, None] = {}
        current = start
        while current in parents and current != top and current not in fine and current not in bad:
            if current in path:
                bad.update(path)
                break
            path[current] = None
            current = parents[current]
        if current in bad:
            bad.update(path)
        else:
            fine.update(path)
    return bad
