"""The price table: flattening a catalogue, loading it with its override, finding a model (pricing.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.pricing.lookup import lookup_model_rate
from relayburn.pricing.table import table_from_wire
from relayburn.records import to_wire


@stage("relayburn.analyze.pricing.lookup_model_rate")
def model_rate(request: Request) -> Any:
    return to_wire(lookup_model_rate(request.args["model"], table_from_wire(request.args["pricing"])))
