"""The price table: flattening a catalogue, loading it with its override, finding a model (pricing.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.pricing.flatten import flatten
from relayburn.pricing.load import load_builtin_pricing, load_pricing, read_catalogue
from relayburn.pricing.lookup import lookup_model_rate
from relayburn.pricing.table import PriceTable, table_from_wire
from relayburn.records import UNSET, to_wire


@stage("relayburn.analyze.pricing.flatten")
def flat_catalogue(request: Request) -> Any:
    return to_wire(flatten(request.args["root"], semantics=request.semantics))


@stage("relayburn.analyze.pricing.load_builtin_pricing")
def builtin_prices(request: Request) -> Any:
    return to_wire(_builtin(request))


@stage("relayburn.analyze.pricing.load_pricing")
def prices(request: Request) -> Any:
    table = load_pricing(
        request.args.get("overridePath", UNSET),
        home=_home(request),
        semantics=request.semantics,
        builtin=_builtin(request),
    )
    return to_wire(table)


def _builtin(request: Request) -> PriceTable:
    if "builtin" in request.config:
        return read_catalogue(request.root / request.config["builtin"], semantics=request.semantics)
    return load_builtin_pricing(semantics=request.semantics)


def _home(request: Request) -> Path:
    env = request.config.get("env", {})
    return Path(env.get("RELAYBURN_HOME") or Path(env.get("HOME", request.root)) / ".relayburn")


@stage("relayburn.analyze.pricing.lookup_model_rate")
def model_rate(request: Request) -> Any:
    return to_wire(lookup_model_rate(request.args["model"], table_from_wire(request.args["pricing"])))
