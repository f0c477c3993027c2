"""Who was paid: the provider behind a model, and usage and cost by provider.

In: model ids and the harness that logged them, or turns with the price table. Out: provider names, filtered turns,
one row a provider with tokens, US dollars and how many turns reported each count (provider.md 2-4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from msgspec import Struct, UnsetType

from relayburn.jsjson import truthy
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import plus
from relayburn.pricing.routing import DEFAULT_RULES, RoutingRule, resolve_provider
from relayburn.pricing.table import PriceTable
from relayburn.records import UNSET, Record, TurnRecord, Usage
from relayburn.semantics import Semantics

UNKNOWN = "unknown"

PROVIDER_OF_SOURCE = {
    "claude-code": "anthropic",
    "anthropic-api": "anthropic",
    "codex": "openai",
    "openai-api": "openai",
    "gemini-api": "google",
}
"""Whom a harness pays when the model id does not say; any other source stands for itself."""


class ProviderMatch(Struct, frozen=True, rename="camel", omit_defaults=True):
    """The provider of a model id as logged, and the id by which the provider knows the model."""

    provider: str
    raw_model: str
    normalized_model: str
    matched_rule: str | UnsetType = UNSET


def provider_for_model(
    model: str, source: str | UnsetType = UNSET, rules: Sequence[RoutingRule] = DEFAULT_RULES
) -> ProviderMatch:
    """The provider of `model`: by rule, else by the text before its first slash, else by `source`."""
    route = resolve_provider(model, rules)
    if route.provider is not UNSET and route.provider:
        return ProviderMatch(route.provider, model, route.normalized_model, route.matched_rule or UNSET)
    before, slash, after = model.partition("/")
    if slash and before:
        return ProviderMatch(before.lower(), model, after)
    return ProviderMatch(_provider_of_source(source), model, model)


def _provider_of_source(source: str | UnsetType) -> str:
    if source is UNSET or not source:
        return UNKNOWN
    return PROVIDER_OF_SOURCE.get(source, source)


def provider_for(turn: TurnRecord, rules: Sequence[RoutingRule] = DEFAULT_RULES) -> ProviderMatch:
    """The provider that `turn` paid."""
    return provider_for_model(id_text(turn.model), id_text(turn.source), rules)


def filter_turns_by_provider(
    turns: Iterable[TurnRecord],
    providers: Collection[str] | None = None,
    rules: Sequence[RoutingRule] = DEFAULT_RULES,
) -> list[TurnRecord]:
    """The turns paid to one of `providers`, given in lower case; all turns where none are given."""
    if providers is None:
        return list(turns)
    wanted = frozenset(providers)
    return [turn for turn in turns if provider_for(turn, rules).provider.lower() in wanted]


class Known(Record, kw_only=True):
    """Turns whose source reports a count, and turns whose source does not."""

    known: int = 0
    missing: int = 0


class UsageCoverage(Record, kw_only=True):
    """How many turns report each kind of tokens."""

    input: Known
    output: Known
    reasoning: Known
    cache_read: Known
    cache_create: Known


class CostSums(Record, kw_only=True):
    """US dollars by token class, added up over turns; `model` is the label of the sum."""

    model: str
    total: float = 0
    input: float = 0
    output: float = 0
    reasoning: float = 0
    cache_read: float = 0
    cache_create: float = 0


class ProviderRow(Record, kw_only=True):
    """One provider: its turns, their tokens and their cost. Unpriced turns count, but cost nothing."""

    label: str
    provider: str
    turns: int = 0
    usage: Usage
    cost: CostSums
    coverage: UsageCoverage


def aggregate_by_provider(
    turns: Iterable[TurnRecord],
    table: PriceTable,
    *,
    semantics: Semantics,
    rules: Sequence[RoutingRule] = DEFAULT_RULES,
) -> list[ProviderRow]:
    """One row a provider, dearest first. Prices are looked up by the default rules, whatever `rules` says."""
    rows: dict[str, ProviderRow] = {}
    for turn in turns:
        name = provider_for(turn, rules).provider or UNKNOWN
        row = rows.get(name)
        if row is None:
            row = rows[name] = _empty_row(name)
        row.turns += 1
        _add_usage(row.usage, turn.usage)
        _note_coverage(row.coverage, turn.fidelity)
        cost = cost_for_turn(turn, table, semantics=semantics)
        if cost is not None:
            for field in _COST_FIELDS:
                setattr(row.cost, field, getattr(row.cost, field) + getattr(cost, field))
    return sorted(rows.values(), key=lambda row: -row.cost.total)


_COST_FIELDS = ("total", "input", "output", "reasoning", "cache_read", "cache_create")


def _empty_row(name: str) -> ProviderRow:
    coverage = UsageCoverage(**{field: Known() for field in UsageCoverage.__struct_fields__})
    return ProviderRow(label=name, provider=name, usage=Usage(), cost=CostSums(model=name), coverage=coverage)


def _add_usage(total: Usage, usage: Usage) -> None:
    for field in Usage.__struct_fields__:
        before, more = getattr(total, field), getattr(usage, field)
        try:
            setattr(total, field, before + more)
        except TypeError:
            setattr(total, field, plus(before, more))


def _note_coverage(coverage: UsageCoverage, fidelity: Any) -> None:
    reported = getattr(fidelity, "coverage", UNSET)
    everything = reported is UNSET or reported is None
    for field in UsageCoverage.__struct_fields__:
        known: Known = getattr(coverage, field)
        if everything or truthy(getattr(reported, f"has_{field}_tokens", UNSET)):
            known.known += 1
        else:
            known.missing += 1
