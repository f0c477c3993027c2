"""Who was paid: the provider behind a model, and usage and cost by provider.

In: model ids and the harness that logged them, or turns with the price table. Out: provider names, filtered turns,
one row a provider with tokens, US dollars and how many turns reported each count (provider.md 2-4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct, UnsetType

from relayburn.analyze.spending import CostSums, UsageCoverage, spending
from relayburn.pricing.ids import id_text
from relayburn.pricing.routing import DEFAULT_RULES, RoutingRule, resolve_provider
from relayburn.pricing.table import PriceTable
from relayburn.records import UNSET, Record, TurnRecord, Usage
from relayburn.semantics import Semantics
from relayburn.text import trim

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


def provider_names(entries: Iterable[object]) -> list[str]:
    """The providers that `entries` name, as turns are filtered by them: in lower case, without spaces around."""
    return [name for entry in entries if isinstance(entry, str) and (name := trim(entry).lower())]


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
    labelled = ((provider_for(turn, rules).provider or UNKNOWN, turn) for turn in turns)
    return [
        ProviderRow(
            label=row.label,
            provider=row.label,
            turns=row.turns,
            usage=row.usage,
            cost=row.cost,
            coverage=row.coverage,
        )
        for row in spending(labelled, table, semantics=semantics)
    ]
