"""The price table: per model id, US dollars per one million tokens.

In: the table's wire form (pricing.md 1), by model id. Out: a `PriceTable` of frozen `ModelRate`s. Figures are
copied unchecked, as the reference does; what is missing is `UNSET`. The fields after `reasoning` are read under
semantics `current` alone: 1-hour cache writes, long-context tiers and prices that changed at a date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType, field

from relayburn.jsjson import truthy

INCLUDED_IN_OUTPUT = "included_in_output"
SEPARATE = "separate"
SAME_AS_OUTPUT = "same_as_output"


class Figures(Struct, frozen=True, rename="camel", kw_only=True, gc=False):
    """Prices that hold together, USD per million tokens.

    `cache_write` is the price of writing the 5-minute cache; under ts-1.10 that of the 1-hour cache as well.
    """

    input: float
    output: float
    cache_read: float
    cache_write: float
    reasoning: float | UnsetType = UNSET
    cache_write_1h: float | UnsetType = field(default=UNSET, name="cacheWrite1h")


class ContextTier(Figures, frozen=True, kw_only=True):
    """Prices of a request whose context holds more than `context_tokens` tokens (cost.md, "After 1.x" 1)."""

    context_tokens: int


class DatedFigures(Figures, frozen=True, kw_only=True):
    """Prices in force from the date `since` (`YYYY-MM-DD`, UTC; `""` for the first ones known) until the next."""

    since: str
    context_tiers: tuple[ContextTier, ...] = ()


class ModelRate(Figures, frozen=True, kw_only=True):
    """One model's prices: its own figures are those in force on the table's date.

    `context_tiers` ascend by `context_tokens`. `dated` is empty where no change is known, else it ascends by
    `since` and holds every period.
    """

    reasoning_mode: str = SAME_AS_OUTPUT
    context_tiers: tuple[ContextTier, ...] | UnsetType = UNSET
    dated: tuple[DatedFigures, ...] | UnsetType = UNSET


PriceTable = Mapping[str, ModelRate]


def table_from_wire(wire: Mapping[str, Any]) -> PriceTable:
    """The table of its wire form: no figure is checked or converted; entries that are null count as missing."""
    return {model: _rate(entry) for model, entry in wire.items() if truthy(entry)}


def _rate(entry: Any) -> ModelRate:
    wire = entry if isinstance(entry, dict) else {}
    return ModelRate(
        **_figures(wire),
        reasoning_mode=wire.get("reasoningMode", UNSET),
        context_tiers=_tiers(wire) or UNSET,
        dated=tuple(
            DatedFigures(**_figures(period), since=period.get("since", ""), context_tiers=_tiers(period))
            for period in _objects(wire.get("dated"))
        )
        or UNSET,
    )


def _tiers(wire: dict[str, Any]) -> tuple[ContextTier, ...]:
    return tuple(
        ContextTier(**_figures(tier), context_tokens=tier.get("contextTokens", UNSET))
        for tier in _objects(wire.get("contextTiers"))
    )


def _figures(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: wire.get(key, UNSET) for name, key in _FIGURES}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


_FIGURES = tuple(zip(Figures.__struct_fields__, Figures.__struct_encode_fields__, strict=True))
