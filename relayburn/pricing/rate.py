"""What one turn pays per million tokens.

In: a turn's model, usage and date, the price table and the semantics. Out: the prices that hold for this
turn. Under ts-1.10 they are the model's entry as it stands; under `current` the entry as of the turn's date,
in the tier of its context, with a price of its own for 1-hour cache writes (cost.md, "After 1.x"; pricing.md 6).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from relayburn.pricing.lookup import lookup_model_rate
from relayburn.pricing.numbers import number
from relayburn.pricing.table import (
    INCLUDED_IN_OUTPUT,
    SEPARATE,
    ContextTier,
    DatedFigures,
    Figures,
    ModelRate,
    PriceTable,
)
from relayburn.records import TurnRecord, Usage
from relayburn.semantics import Semantics


class TurnRate(Struct, frozen=True, gc=False):
    """The prices of one turn, USD per million tokens; `reasoning` is 0 where output already holds it."""

    input: float
    output: float
    reasoning: float
    cache_read: float
    cache_write: float
    cache_write_1h: float

    def write_price(self, usage: Usage) -> float:
        """The mean price of this turn's cache writes, each kind weighted by its tokens."""
        if self.cache_write_1h == self.cache_write:
            return self.cache_write
        written = usage.cache_create_5m + usage.cache_create_1h
        if written == 0:
            return self.cache_write
        short, long = usage.cache_create_5m / written, usage.cache_create_1h / written
        return short * self.cache_write + long * self.cache_write_1h


def rate_for_turn(turn: TurnRecord, table: PriceTable, *, semantics: Semantics) -> TurnRate | None:
    """The prices of `turn`, or None where its model is unpriced. A Codex turn's output holds its reasoning."""
    mode = INCLUDED_IN_OUTPUT if turn.source == "codex" else UNSET
    return rate_for_usage(turn.usage, turn.model, table, semantics=semantics, reasoning_mode=mode, ts=turn.ts)


def rate_for_usage(
    usage: Usage,
    model: str,
    table: PriceTable,
    *,
    semantics: Semantics,
    reasoning_mode: str | UnsetType | None = UNSET,
    ts: str | UnsetType = UNSET,
) -> TurnRate | None:
    """The prices of one request of `model`; `ts` is its time, needed only where the model's prices changed."""
    rate = _entry(model, table, semantics)
    if rate is None:
        return None
    period = _figures_of_day(rate, ts, semantics)
    figures = _figures_of_context(period, usage, semantics)
    mode = rate.reasoning_mode if reasoning_mode is UNSET or reasoning_mode is None else reasoning_mode
    write_price = _price(figures.cache_write)
    return TurnRate(
        input=_price(figures.input),
        output=_price(figures.output),
        reasoning=_price(_reasoning_price(figures, period, mode)),
        cache_read=_price(figures.cache_read),
        cache_write=write_price,
        cache_write_1h=_one_hour_write_price(figures, model) if semantics.one_hour_cache_writes else write_price,
    )


class TurnRates:
    """`rate_for_turn` for many turns: what turns pay alike is found out once."""

    def __init__(self, table: PriceTable, *, semantics: Semantics) -> None:
        self._table = table
        self._semantics = semantics
        self._steps: dict[str, PriceSteps] = {}
        self._rates: dict[tuple[str, bool, str | None, int], TurnRate | None] = {}

    def of(self, turn: TurnRecord) -> TurnRate | None:
        """The prices of `turn`, or None where its model is unpriced."""
        model = turn.model
        if not isinstance(model, str):
            return None
        if model not in self._steps:
            self._steps[model] = price_steps(model, self._table, semantics=self._semantics)
        steps = self._steps[model]
        day = _utc_date(turn.ts) if steps.since else None
        tier = bisect_left(steps.context_tokens, context_tokens(turn.usage)) if steps.context_tokens else 0
        key = (model, turn.source == "codex", day, tier)
        if key not in self._rates:
            self._rates[key] = rate_for_turn(turn, self._table, semantics=self._semantics)
        return self._rates[key]


class PriceSteps(Struct, frozen=True):
    """Where the prices of a model change: above these tokens of context, and from these dates (`YYYY-MM-DD`, UTC) on."""

    context_tokens: tuple[float, ...] = ()
    since: tuple[str, ...] = ()


def price_steps(model: str, table: PriceTable, *, semantics: Semantics) -> PriceSteps:
    """What two turns of `model` must have in common, besides the model, to pay the same prices."""
    rate = _entry(model, table, semantics)
    if rate is None:
        return PriceSteps()
    dated = rate.dated if semantics.dated_prices and rate.dated else ()
    periods = (rate, *dated)
    tiers = [tier for period in periods for tier in period.context_tiers or ()] if semantics.context_tiers else []
    return PriceSteps(
        context_tokens=tuple(sorted({tier.context_tokens for tier in tiers})),
        since=tuple(period.since for period in dated),
    )


_SNAPSHOT = re.compile(r"[-@](?:\d{8}|\d{4}-\d{2}-\d{2})\Z", re.ASCII)


def _entry(model: str, table: PriceTable, semantics: Semantics) -> ModelRate | None:
    """The entry of `model`; a dated snapshot that is not listed has that of its model."""
    rate = lookup_model_rate(model, table)
    if rate is None and semantics.snapshot_ids and isinstance(model, str) and _SNAPSHOT.search(model):
        return lookup_model_rate(_SNAPSHOT.sub("", model), table)
    return rate


def _price(value: Any) -> float:
    """The price as a number: a table may hold any JSON value in its place."""
    return value if type(value) is float or type(value) is int else number(value)


def _figures_of_day(rate: ModelRate, ts: Any, semantics: Semantics) -> ModelRate | DatedFigures:
    if semantics.dated_prices and rate.dated:
        return _period(rate.dated, ts) or rate
    return rate


def _period(periods: Iterable[DatedFigures], ts: Any) -> DatedFigures | None:
    day = _utc_date(ts)
    if day is None:
        return None
    found = None
    for period in periods:
        if period.since <= day:
            found = period
    return found


def _utc_date(ts: Any) -> str | None:
    if not isinstance(ts, str):
        return None
    try:
        time = datetime.fromisoformat(ts)
    except ValueError:
        return None
    return (time if time.tzinfo is None else time.astimezone(UTC)).date().isoformat()


def _figures_of_context(period: ModelRate | DatedFigures, usage: Usage, semantics: Semantics) -> Figures:
    if semantics.context_tiers and period.context_tiers:
        return _tier(period.context_tiers, context_tokens(usage)) or period
    return period


def _tier(tiers: Iterable[ContextTier], tokens: float) -> ContextTier | None:
    found = None
    for tier in tiers:
        if tokens > tier.context_tokens:
            found = tier
    return found


def context_tokens(usage: Usage) -> float:
    """The tokens that stood before the model: uncached input, cache reads and cache writes."""
    counts = (usage.input, usage.cache_read, usage.cache_create_5m, usage.cache_create_1h)
    try:
        return sum(counts)
    except TypeError:
        return sum(map(number, counts))


_ANTHROPIC = re.compile(r"(?:^|[/.:@])claude|^anthropic/", re.IGNORECASE)


def is_anthropic(model: str) -> bool:
    """Whether the id names a model of Anthropic, whoever sells it."""
    return _ANTHROPIC.search(model) is not None


def _one_hour_write_price(figures: Figures, model: str) -> float:
    if figures.cache_write_1h is not UNSET and figures.cache_write_1h is not None:
        return _price(figures.cache_write_1h)
    # Anthropic sells a 1-hour write at twice the input price (a 5-minute one at 1.25 times); others make no difference.
    return 2 * _price(figures.input) if is_anthropic(model) else _price(figures.cache_write)


def _reasoning_price(figures: Figures, period: Figures, mode: str | UnsetType) -> float:
    """A tier that names no price for reasoning leaves the period's own (cost.md, "After 1.x" 1)."""
    if mode == INCLUDED_IN_OUTPUT:
        return 0
    if mode == SEPARATE:
        for price in (figures.reasoning, period.reasoning):
            if price is not UNSET and price is not None:
                return price
    return figures.output
