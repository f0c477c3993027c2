"""Stamps: names that a user or launcher gives to sessions, messages or times (ledger.md 5).

In: a selector and a flat map of texts. Out: a line in the ledger, with a relationship where an agent was spawned; and all
stamps again, oldest first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relayburn.errors import EmptySelector
from relayburn.jsdate import iso
from relayburn.ledger.batch import prepare
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.ledger.stamp import Folding, Stamp, fold, in_order, matches
from relayburn.ledger.store import store_of
from relayburn.semantics import CURRENT, Semantics

__all__ = ["Folding", "Stamp", "fold", "in_order", "matches", "read_stamps", "write_stamp"]

_FIELDS = ("sessionId", "messageId", "range")


def write_stamp(
    home: Home, selector: Mapping[str, Any], enrichment: Mapping[str, str], *, semantics: Semantics = CURRENT
) -> Stamp:
    """Stamp what `selector` names with `enrichment`, now; the stamp as it was written.

    A session that was spawned by an agent (`parentAgentId`) also gets a relationship line. Raises `EmptySelector`, and
    what appending raises.
    """
    store = store_of(home)
    if not any(name in selector for name in _FIELDS):
        raise EmptySelector
    stamp = Stamp(iso(home.clock()), selector, enrichment)
    spawned = _spawn_relationship(stamp)
    batch = None if spawned is None else prepare("relationship", [spawned], semantics=semantics)
    store.add_stamp(stamp, batch, semantics)
    return stamp


def read_stamps(home: Home) -> list[Stamp]:
    """All stamps of `home`, oldest first; stamps of one time in the order they were written."""
    return in_order(store_of(home).stamps())


def _spawn_relationship(stamp: Stamp) -> Wire | None:
    session, parent = stamp.selector.get("sessionId"), stamp.enrichment.get("parentAgentId")
    agent = stamp.enrichment.get("agentId")
    if not (_is_named(session) and _is_named(parent)):
        return None
    relationship = {
        "v": 1,
        "source": "spawn-env",
        "sessionId": session,
        "relatedSessionId": parent,
        "relationshipType": "subagent",
        "ts": stamp.ts,
    }
    return relationship | {"agentId": agent} if _is_named(agent) else relationship


def _is_named(value: Any) -> bool:
    return type(value) is str and value != ""
