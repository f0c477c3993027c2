"""The cost of usages and turns, their sums, and what could not be priced (cost.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.pricing.cost import CostBreakdown, cost_for_turn, cost_for_usage, sum_costs
from relayburn.pricing.table import table_from_wire
from relayburn.pricing.unpriced import summarize_unpriced
from relayburn.records import UNSET, TurnRecord, Usage, from_wire, to_wire


@stage("relayburn.analyze.cost.cost_for_usage")
def usage_cost(request: Request) -> Any:
    args = request.args
    cost = cost_for_usage(
        from_wire(Usage, args["usage"]),
        args["model"],
        table_from_wire(args["pricing"]),
        semantics=request.semantics,
        reasoning_mode=args.get("options", {}).get("reasoningMode", UNSET),
    )
    return to_wire(cost)


@stage("relayburn.analyze.cost.cost_for_turn")
def turn_cost(request: Request) -> Any:
    turn = from_wire(TurnRecord, request.args["turn"])
    return to_wire(cost_for_turn(turn, table_from_wire(request.args["pricing"]), semantics=request.semantics))


@stage("relayburn.analyze.cost.sum_costs")
def cost_sum(request: Request) -> Any:
    keys = dict(zip(CostBreakdown.__struct_encode_fields__, CostBreakdown.__struct_fields__, strict=True))
    return to_wire(sum_costs(CostBreakdown(**{keys[k]: v for k, v in c.items()}) for c in request.args["costs"]))


@stage("relayburn.analyze.cost.summarize_unpriced")
def unpriced(request: Request) -> Any:
    turns = [from_wire(TurnRecord, turn) for turn in request.args["turns"]]
    table = table_from_wire(request.args["pricing"])
    return to_wire(summarize_unpriced(turns, table, semantics=request.semantics))
