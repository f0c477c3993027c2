"""What tokens cost.

In: a usage or a turn and the price table. Out: a breakdown in US dollars by token class, or None where the
model is unpriced. Every sum and product stands in the order of cost.md, so that doubles agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from relayburn.pricing.numbers import number, plus
from relayburn.pricing.rate import TurnRate, rate_for_turn, rate_for_usage
from relayburn.pricing.table import PriceTable
from relayburn.records import TurnRecord, Usage
from relayburn.semantics import Semantics

MILLION = 1000000


class CostBreakdown(Struct, frozen=True, rename="camel"):
    """US dollars by token class; `model` is the id as logged, or a label where costs were added up."""

    model: str
    total: float = 0
    input: float = 0
    output: float = 0
    reasoning: float = 0
    cache_read: float = 0
    cache_create: float = 0


def cost_for_usage(
    usage: Usage,
    model: str,
    table: PriceTable,
    *,
    semantics: Semantics,
    reasoning_mode: str | UnsetType | None = UNSET,
    ts: str | UnsetType = UNSET,
) -> CostBreakdown | None:
    """The cost of one request (cost.md 2), or None where `model` is unpriced.

    `reasoning_mode` overrides the table's unless absent; `ts` is the request's time, for prices that changed.
    """
    rate = rate_for_usage(usage, model, table, semantics=semantics, reasoning_mode=reasoning_mode, ts=ts)
    return None if rate is None else cost_at_rate(usage, model, rate)


def cost_for_turn(turn: TurnRecord, table: PriceTable, *, semantics: Semantics) -> CostBreakdown | None:
    """The cost of one turn (cost.md 3), or None where its model is unpriced."""
    rate = rate_for_turn(turn, table, semantics=semantics)
    return None if rate is None else cost_at_rate(turn.usage, turn.model, rate)


def cost_at_rate(usage: Usage, model: str, rate: TurnRate) -> CostBreakdown:
    """The cost of `usage` at given prices; tokens are divided by a million first, then multiplied."""
    try:
        return _cost(usage, model, rate)
    except TypeError:
        return _cost_of_any_type(usage, model, rate)


def _cost(usage: Usage, model: str, rate: TurnRate) -> CostBreakdown:
    input_ = usage.input / MILLION * rate.input
    output = usage.output / MILLION * rate.output
    reasoning = usage.reasoning / MILLION * rate.reasoning
    cache_read = usage.cache_read / MILLION * rate.cache_read
    if rate.cache_write_1h == rate.cache_write:
        cache_create = (usage.cache_create_5m + usage.cache_create_1h) / MILLION * rate.cache_write
    else:
        cache_create = (
            usage.cache_create_5m / MILLION * rate.cache_write + usage.cache_create_1h / MILLION * rate.cache_write_1h
        )
    return CostBreakdown(
        model=model,
        total=input_ + output + reasoning + cache_read + cache_create,
        input=input_,
        output=output,
        reasoning=reasoning,
        cache_read=cache_read,
        cache_create=cache_create,
    )


def _cost_of_any_type(usage: Usage, model: str, rate: TurnRate) -> CostBreakdown:
    counts: dict[str, Any] = {name: number(getattr(usage, name)) for name in Usage.__struct_fields__}
    if rate.cache_write_1h == rate.cache_write:
        # One price for both: the reference adds the counts first, and a text among them joins instead.
        counts["cache_create_5m"] = number(plus(usage.cache_create_5m, usage.cache_create_1h))
        counts["cache_create_1h"] = 0
    return _cost(Usage(**counts), model, rate)


def sum_costs(breakdowns: Iterable[CostBreakdown]) -> CostBreakdown:
    """The fields added up, left to right from zero, under the label `aggregate` (cost.md 4)."""
    total = input_ = output = reasoning = cache_read = cache_create = 0.0
    for cost in breakdowns:
        total += cost.total
        input_ += cost.input
        output += cost.output
        reasoning += cost.reasoning
        cache_read += cost.cache_read
        cache_create += cost.cache_create
    return CostBreakdown("aggregate", total, input_, output, reasoning, cache_read, cache_create)
