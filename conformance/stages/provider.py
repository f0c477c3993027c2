"""Providers: routing rules, the provider of a model or turn, filtering and rows by provider (provider.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.provider import (
    aggregate_by_provider,
    filter_turns_by_provider,
    provider_for,
    provider_for_model,
)
from relayburn.pricing.routing import DEFAULT_RULES, RoutingRule, resolve_provider
from relayburn.pricing.table import table_from_wire
from relayburn.records import UNSET, TurnRecord, from_wire, to_wire
from relayburn.text import js_pattern


@stage("relayburn.analyze.provider.resolve_provider")
def route(request: Request) -> Any:
    return to_wire(resolve_provider(request.args["model"], rules_of(request)))


@stage("relayburn.analyze.provider.provider_for_model")
def model_provider(request: Request) -> Any:
    args = request.args
    return to_wire(provider_for_model(args["model"], args.get("source", UNSET), rules_of(request)))


@stage("relayburn.analyze.provider.provider_for")
def turn_provider(request: Request) -> Any:
    return to_wire(provider_for(from_wire(TurnRecord, request.args["turn"]), rules_of(request)))


@stage("relayburn.analyze.provider.filter_turns_by_provider")
def kept_turns(request: Request) -> Any:
    kept = filter_turns_by_provider(_turns(request), request.args.get("filter"), rules_of(request))
    return [turn.message_id for turn in kept]


@stage("relayburn.analyze.provider.aggregate_by_provider")
def provider_rows(request: Request) -> Any:
    table = table_from_wire(request.args["pricing"])
    rows = aggregate_by_provider(_turns(request), table, semantics=request.semantics, rules=rules_of(request))
    return to_wire(rows)


def _turns(request: Request) -> list[TurnRecord]:
    return [from_wire(TurnRecord, turn) for turn in request.args["turns"]]


def rules_of(request: Request) -> tuple[RoutingRule, ...]:
    """The routing rules of a request: those it gives, else the default ones."""
    wire = request.args.get("rules")
    if wire is None:
        return DEFAULT_RULES
    return tuple(RoutingRule(rule["name"], rule["provider"], _pattern(rule["pattern"])) for rule in wire)


def _pattern(wire: dict[str, str]) -> Any:
    return js_pattern(wire["regex"]) if "regex" in wire else wire["prefix"]
