"""Subagent trees and statistics by type of subagent (subagent-tree.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.subagent_tree import aggregate_subagent_type_stats, build_subagent_tree
from relayburn.pricing.table import table_from_wire
from relayburn.records import SessionRelationshipRecord, TurnRecord, from_wire, to_wire


@stage("relayburn.analyze.subagent_tree.build_subagent_tree")
def trees(request: Request) -> Any:
    rows = request.args.get("relationships") or []
    built = build_subagent_tree(
        _turns(request),
        table_from_wire(request.args["pricing"]),
        semantics=request.semantics,
        relationships=[from_wire(SessionRelationshipRecord, row) for row in rows],
    )
    return [[root_id, to_wire(node)] for root_id, node in built.items()]


@stage("relayburn.analyze.subagent_tree.aggregate_subagent_type_stats")
def type_stats(request: Request) -> Any:
    table = table_from_wire(request.args["pricing"])
    return to_wire(aggregate_subagent_type_stats(_turns(request), table, semantics=request.semantics))


def _turns(request: Request) -> list[TurnRecord]:
    return [from_wire(TurnRecord, turn) for turn in request.args["turns"]]
