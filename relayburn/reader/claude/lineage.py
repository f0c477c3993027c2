"""Which line answers which: the nodes of a log by uuid, and what their chains say.

In: the lines of a file as nodes. Out: the subagent that a sidechain message belongs to (reader-claude.md 7).
Parents may stand later in the file, so nothing is resolved before all lines are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct

from relayburn.reader.claude.entries import Entry
from relayburn.records import Subagent

SPAWNING_TOOLS = frozenset({"Agent", "Task"})


class Spawn(Struct, gc=False):
    """The tool call of a line that starts a subagent."""

    id: str
    subagent_type: Any
    description: Any


class Node(Struct, gc=False):
    """One line with a uuid. `answers` holds the tool ids that a user line's results are for."""

    uuid: str
    parent_uuid: str | None
    is_sidechain: bool
    is_user: bool
    answers: Sequence[str] = ()
    spawn: Spawn | None = None


class Lineage:
    """The nodes of one file and the chains between them."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self._roots: dict[str, Node | None] = {}

    def add_user(self, entry: Entry, answers: Sequence[str]) -> None:
        """Register a user line; `answers` are the string tool ids of its results."""
        if type(entry.uuid) is str:
            self._add(entry, is_user=True, answers=answers, spawn=None)

    def add_assistant(self, entry: Entry) -> None:
        """Register an assistant line with its first spawning call."""
        if type(entry.uuid) is str:
            self._add(entry, is_user=False, answers=(), spawn=_spawn(entry))

    def _add(self, entry: Entry, *, is_user: bool, answers: Sequence[str], spawn: Spawn | None) -> None:
        parent = entry.parent_uuid
        if self._roots:
            self._roots.clear()
        self.nodes[entry.uuid] = Node(
            entry.uuid,
            parent if type(parent) is str and parent else None,
            entry.is_sidechain is True,
            is_user,
            answers,
            spawn,
        )

    def subagent(self, first_uuid: str | None, session_id: str) -> Subagent:
        """The subagent of a sidechain message, as far as the chain from its first line tells."""
        root = self._root(first_uuid)
        if root is None:
            return Subagent()
        spawner = self.nodes[root.parent_uuid or ""]
        spawn = spawner.spawn
        assert spawn is not None
        enclosing = self._root(spawner.uuid) if spawner.is_sidechain else None
        return Subagent(
            agent_id=root.uuid,
            parent_tool_use_id=spawn.id or UNSET,
            subagent_type=spawn.subagent_type,
            description=spawn.description,
            parent_agent_id=session_id if enclosing is None else enclosing.uuid,
        )

    def _root(self, uuid: str | None) -> Node | None:
        """The first user line up the chain that stands under a spawning line without answering its call."""
        path: dict[str, None] = {}
        root = None
        while uuid is not None and uuid not in path:
            if uuid in self._roots:
                root = self._roots[uuid]
                break
            node = self.nodes.get(uuid)
            if node is None:
                break
            path[uuid] = None
            parent = self.nodes.get(node.parent_uuid) if node.parent_uuid is not None else None
            if parent is None:
                break
            if node.is_user and parent.spawn is not None and parent.spawn.id not in node.answers:
                root = node
                break
            uuid = node.parent_uuid
        self._roots.update(dict.fromkeys(path, root))
        return root


def _spawn(entry: Entry) -> Spawn | None:
    message = entry.message
    if message is None or type(message.content) is not list:
        return None
    for block in message.content:
        if (
            block.type == "tool_use"
            and type(block.id) is str
            and type(block.name) is str
            and block.name in SPAWNING_TOOLS
        ):
            arguments = block.input if type(block.input) is dict else {}
            return Spawn(
                block.id, _text_or_unset(arguments.get("subagent_type")), _text_or_unset(arguments.get("description"))
            )
    return None


def _text_or_unset(value: Any) -> Any:
    return value if type(value) is str else UNSET
