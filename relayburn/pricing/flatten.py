"""A catalogue of providers and models, flattened to a price table by model id.

In: a document in the form of models.dev, of any JSON type. Out: a price table (pricing.md 3). Where two providers list
one id, the later wins under ts-1.10; under `current` a vendor's own price is never replaced by a reseller's, and
long-context tiers and 1-hour cache writes are read as well (pricing.md, "After 1.x").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relayburn.errors import InvalidInput
from relayburn.jsjson import property_order
from relayburn.jsnum import is_number
from relayburn.pricing.table import SAME_AS_OUTPUT, SEPARATE, ContextTier, ModelRate, PriceTable
from relayburn.records import UNSET
from relayburn.semantics import Semantics

FIRST_PARTIES = frozenset({"anthropic", "openai", "google", "google-vertex", "xai"})
"""Providers that sell models of their own; all others resell."""


def flatten(document: Any, *, semantics: Semantics) -> PriceTable:
    """The price table of a catalogue. Raises `InvalidInput` where the document, a provider or a model is null."""
    if document is None:
        raise InvalidInput("the price catalogue is null")
    table: dict[str, ModelRate] = {}
    owned: set[str] = set()
    for provider_id, provider in _members(document):
        if provider is None:
            raise InvalidInput(f"provider {provider_id} of the price catalogue is null")
        first_party = provider_id in FIRST_PARTIES
        for model_id, model in _members(_member(provider, "models")):
            if model is None:
                raise InvalidInput(f"model {model_id} of the price catalogue is null")
            rate = _rate(_member(model, "cost"), semantics)
            if rate is None or (semantics.first_party_prices and model_id in owned and not first_party):
                continue
            table[model_id] = rate
            if first_party:
                owned.add(model_id)
    return table


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """The members of an object or array in JavaScript's order; other values have none worth looking at."""
    if isinstance(value, list):
        yield from ((str(index), item) for index, item in enumerate(value))
    elif isinstance(value, dict):
        yield from ((key, value[key]) for key in property_order(value))


def _member(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _rate(cost: Any, semantics: Semantics) -> ModelRate | None:
    if not isinstance(cost, dict):
        return None
    input_, output = cost.get("input"), cost.get("output")
    if not (is_number(input_) and is_number(output)):
        return None
    reasoning = cost.get("reasoning")
    separate = is_number(reasoning)
    return ModelRate(
        input=input_,
        output=output,
        cache_read=_given(cost.get("cache_read"), 0),
        cache_write=_given(cost.get("cache_write"), input_),
        reasoning=reasoning if separate else UNSET,
        reasoning_mode=SEPARATE if separate else SAME_AS_OUTPUT,
        cache_write_1h=_one_hour(cost) if semantics.one_hour_cache_writes else UNSET,
        context_tiers=_tiers(cost.get("tiers")) or UNSET if semantics.context_tiers else UNSET,
    )


def _given(value: Any, default: Any) -> Any:
    # No type is checked: whatever stands there is copied.
    return default if value is None else value


def _one_hour(cost: dict[str, Any]) -> Any:
    return cost["cache_write_1h"] if is_number(cost.get("cache_write_1h")) else UNSET


def _tiers(wire: Any) -> tuple[ContextTier, ...]:
    tiers = [_tier(item) for item in wire] if isinstance(wire, list) else []
    return tuple(sorted((tier for tier in tiers if tier is not None), key=lambda tier: tier.context_tokens))


def _tier(item: Any) -> ContextTier | None:
    bound = _member(item, "tier")
    size = _member(bound, "size")
    if _member(bound, "type") != "context" or type(size) is not int:
        return None
    if not (is_number(item.get("input")) and is_number(item.get("output"))):
        return None
    return ContextTier(
        context_tokens=size,
        input=item["input"],
        output=item["output"],
        cache_read=_given(item.get("cache_read"), 0),
        cache_write=_given(item.get("cache_write"), item["input"]),
        reasoning=item["reasoning"] if is_number(item.get("reasoning")) else UNSET,
        cache_write_1h=_one_hour(item),
    )
