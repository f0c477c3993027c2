"""Fidelity classes and summaries (fidelity.md 2, 4 and 5)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.fidelity import empty_fidelity_summary, has_minimum_fidelity, summarize_fidelity
from relayburn.jsjson import truthy
from relayburn.reader.fidelity import EMPTY_COVERAGE, classify_fidelity, make_fidelity
from relayburn.records import Coverage, Fidelity, TurnRecord, from_wire, to_wire


@stage("relayburn.reader.fidelity.EMPTY_COVERAGE")
def empty_coverage(request: Request) -> Any:
    return to_wire(EMPTY_COVERAGE)


@stage("relayburn.reader.fidelity.classify_fidelity")
def fidelity_class(request: Request) -> Any:
    return classify_fidelity(request.args["granularity"], _coverage(request.args["coverage"]))


@stage("relayburn.reader.fidelity.make_fidelity")
def fidelity(request: Request) -> Any:
    made = make_fidelity(request.args["granularity"], _coverage(request.args["coverage"]))
    return to_wire(made) | {"coverage": request.args["coverage"]}


def _coverage(wire: dict[str, Any]) -> Coverage:
    """The flags of a coverage that may lack some or hold other values than booleans."""
    keys = zip(Coverage.__struct_fields__, Coverage.__struct_encode_fields__, strict=True)
    return Coverage(**{name: truthy(wire.get(key)) for name, key in keys})


@stage("relayburn.analyze.fidelity.empty_fidelity_summary")
def empty_summary(request: Request) -> Any:
    return to_wire(empty_fidelity_summary())


@stage("relayburn.analyze.fidelity.summarize_fidelity")
def summary(request: Request) -> Any:
    return to_wire(summarize_fidelity(from_wire(TurnRecord, turn) for turn in request.args["turns"]))


@stage("relayburn.analyze.fidelity.has_minimum_fidelity")
def minimum(request: Request) -> Any:
    stored = request.args.get("fidelity")
    return has_minimum_fidelity(stored and from_wire(Fidelity, stored), request.args["minimum"])
