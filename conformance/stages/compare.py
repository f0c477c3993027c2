"""The model by activity table (compare.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.compare import DEFAULT_MIN_SAMPLE, build_compare_table
from relayburn.pricing.table import table_from_wire
from relayburn.records import UNSET, TurnRecord, from_wire, to_wire


@stage("relayburn.analyze.compare.build_compare_table")
def compare_table(request: Request) -> Any:
    args = request.args
    table = build_compare_table(
        (from_wire(TurnRecord, turn) for turn in args["turns"]),
        table_from_wire(args["pricing"]),
        semantics=request.semantics,
        models=args.get("models") or UNSET,
        min_sample=args.get("minSample", DEFAULT_MIN_SAMPLE),
    )
    return to_wire(table)
