"""Tokens that replacement tools saved (replacement-savings.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.replacement_savings import (
    CallCosts,
    estimate_savings_for_tool_call,
    summarize_replacement_savings,
)
from relayburn.records import ToolCall, TurnRecord, from_wire, to_wire


@stage("relayburn.analyze.replacement_savings.estimate_savings_for_tool_call")
def call_savings(request: Request) -> Any:
    return to_wire(estimate_savings_for_tool_call(from_wire(ToolCall, request.args["call"]), _costs(request)))


@stage("relayburn.analyze.replacement_savings.summarize_replacement_savings")
def savings(request: Request) -> Any:
    turns = (from_wire(TurnRecord, turn) for turn in request.args["turns"])
    summary = to_wire(summarize_replacement_savings(turns, _costs(request)))
    return summary | {"byTool": list(summary["byTool"].items())}


def _costs(request: Request) -> CallCosts:
    options = request.args.get("options") or {}
    given = {}
    if options.get("costPerCall") is not None:
        given["cost_per_call"] = options["costPerCall"]
    if "fallbackCostPerCall" in options:
        given["fallback_cost_per_call"] = options["fallbackCostPerCall"]
    return CallCosts(**given)
