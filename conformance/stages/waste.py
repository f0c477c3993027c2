"""The pass over all waste detectors that read records (findings.md 5 and 6); no stage of the reference's."""

from __future__ import annotations

from typing import Any

from conformance.stages.patterns import evidence_of
from conformance.stages.registry import Request, stage
from relayburn.analyze.waste import WASTE_KINDS, find_waste
from relayburn.records import to_wire


@stage("relayburn.analyze.waste.find_waste")
def waste(request: Request) -> Any:
    return to_wire(find_waste(evidence_of(request), request.args.get("kinds", WASTE_KINDS)))
