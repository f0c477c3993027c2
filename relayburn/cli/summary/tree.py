"""`burn summary --subagent-tree`: a session with all subagents below it (cli.md 7.5).

In: an inquiry and the id of a session or agent. Out: the tree, drawn or as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from relayburn.analyze.session_links import connected_rows
from relayburn.analyze.subagent_node import ROOT, SUBAGENT, SubagentNode
from relayburn.analyze.subagent_tree import build_subagent_tree
from relayburn.cli.formats import counted, json_text, usd
from relayburn.cli.report import write_report
from relayburn.cli.summary.inquiry import Inquiry
from relayburn.cli.unpriced import warn_of_unpriced
from relayburn.errors import InvalidInput, Misuse, NothingFound
from relayburn.pricing.ids import id_text
from relayburn.records import SessionRelationshipRecord, TurnRecord, to_wire

_NOTHING = "no turns found for session {}"
_PLAIN_TYPES = (ROOT, SUBAGENT)


def show_tree(inquiry: Inquiry, session: str | None) -> int:
    """The tree of `session`, drawn for people. Raises `Misuse` where no session is named."""
    session = _named(session)
    turns, node = _tree(inquiry, session)
    if node is None:
        inquiry.shell.say(_NOTHING.format(session))
        return 0
    total = f"total: {usd(node.cumulative_cost)} across {counted(node.cumulative_turns, 'turn')}"
    write_report(inquiry.shell, ["", f"session: {session}", total, "", *_lines(node)])
    warn_of_unpriced(inquiry.shell, inquiry.unpriced(turns).models)
    return 0


def show_tree_as_json(inquiry: Inquiry, session: str | None) -> int:
    """The tree of `session` as JSON, in which unpriced turns have no place: stderr tells of them.

    Raises as `show_tree`, `NothingFound` where there is none, and `InvalidInput` for a tree that is too deep for JSON.
    """
    session = _named(session)
    turns, node = _tree(inquiry, session)
    if node is None:
        raise NothingFound(_NOTHING.format(session))
    try:
        text = json_text(_wire(node))
    except RecursionError:
        raise InvalidInput(f"the tree of {session} is too deep to be written as JSON") from None
    inquiry.shell.say(text)
    warn_of_unpriced(inquiry.shell, inquiry.unpriced(turns).models)
    return 0


def _named(session: str | None) -> str:
    if not session:
        raise Misuse("--subagent-tree requires a session id (positional or --session)")
    return session


def _tree(inquiry: Inquiry, session: str) -> tuple[list[TurnRecord], SubagentNode | None]:
    with inquiry.progress.task("reading subagent relationships") as tell:
        rows = connected_rows(session, inquiry.relationships())
        tell(f"read {counted(len(rows), 'relationship')}")
    with inquiry.progress.task("reading subagent tree turns") as tell:
        turns = _turns(inquiry, session, rows)
        tell(f"read {counted(len(turns), 'turn')}")
    with inquiry.progress.task("building subagent tree") as tell:
        trees = build_subagent_tree(turns, inquiry.table, semantics=inquiry.shell.semantics, relationships=rows)
        tell(f"built {counted(len(trees), 'subagent tree')}")
    node = trees.get(session) or next(
        (node for root in trees.values() for node in _all_nodes(root) if node.node_id == session), None
    )
    return turns, node


def _turns(inquiry: Inquiry, session: str, rows: Sequence[SessionRelationshipRecord]) -> list[TurnRecord]:
    found: dict[tuple[str, str, str], TurnRecord] = {}
    for each in dict.fromkeys((session, *(id_text(row.session_id) for row in rows))):
        for turn in inquiry.of_session(each).turns():
            found[id_text(turn.source), id_text(turn.session_id), id_text(turn.message_id)] = turn
    return list(found.values())


def _all_nodes(root: SubagentNode) -> Iterator[SubagentNode]:
    """The node and all below it, each before its children. A tree may be deeper than Python calls."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += reversed(node.children)


def _lines(root: SubagentNode) -> Iterator[str]:
    waiting = [(root, "", "")]
    while waiting:
        node, branch, indent = waiting.pop()
        yield f"{branch}{_text(node)}"
        children = [(child, f"{indent}├─ ", f"{indent}│  ") for child in node.children[:-1]]
        children += [(child, f"{indent}└─ ", f"{indent}   ") for child in node.children[-1:]]
        waiting += reversed(children)


def _wire(root: SubagentNode) -> dict[str, Any]:
    """The tree in wire form. (msgspec leaves nodes beyond some depth as they are.)"""
    top: list[dict[str, Any]] = []
    waiting = [(root, top)]
    while waiting:
        node, siblings = waiting.pop()
        children: list[dict[str, Any]] = []
        siblings.append(to_wire(msgspec.structs.replace(node, children=[])) | {"children": children})
        waiting += [(child, children) for child in reversed(node.children)]
    return top[0]


def _text(node: SubagentNode) -> str:
    kind = "" if node.relationship_type in _PLAIN_TYPES else f" [{node.relationship_type}]"
    models = f" ({', '.join(node.models)})" if node.models else ""
    turns = counted(node.cumulative_turns, "turn")
    return f"{node.label}{kind}{models}  {usd(node.cumulative_cost)}  [{turns}]"
