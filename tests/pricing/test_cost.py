"""What tokens cost (cost.md)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.pricing.cost import CostBreakdown, cost_for_turn, cost_for_usage, sum_costs
from relayburn.records import UNSET, TurnRecord, Usage
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.money import OPUS, UNLISTED, USAGES, entry, prices, scaled, turn, turns

SEMANTICS = st.sampled_from([TS_1_10, CURRENT])


def cost(usage: Usage, model: str = OPUS, semantics: Semantics = TS_1_10, **options: Any) -> CostBreakdown:
    found = cost_for_usage(usage, model, options.pop("table", prices()), semantics=semantics, **options)
    assert found is not None
    return found


def test_every_class_of_tokens_has_its_own_price():
    usage = Usage(
        input=1_000_000,
        output=1_000_000,
        reasoning=1_000_000,
        cache_read=1_000_000,
        cache_create_5m=600_000,
        cache_create_1h=400_000,
    )

    assert cost(usage) == CostBreakdown(OPUS, 61.75, 5, 25, 25, 0.5, 6.25)


def test_the_breakdown_names_the_model_as_logged():
    assert cost(Usage(input=1), f"anthropic/{OPUS}").model == f"anthropic/{OPUS}"


def test_an_unlisted_model_has_no_cost_and_a_free_one_costs_nothing():
    assert cost_for_usage(Usage(input=1), UNLISTED, prices(), semantics=TS_1_10) is None
    assert cost(Usage(input=1), "free-x").total == 0


@pytest.mark.parametrize(
    ("mode", "dollars"),
    [("separate", 8.4), ("same_as_output", 2.8), ("something else", 2.8), ("included_in_output", 0)],
)
def test_reasoning_is_billed_by_the_mode(mode: str, dollars: float):
    table = prices(m=entry(0.7, 2.8, reasoningMode=mode, reasoning=8.4))

    assert cost(Usage(reasoning=1_000_000), "m", table=table).reasoning == dollars


@pytest.mark.parametrize("absent", [UNSET, None])
def test_a_mode_that_is_given_overrides_the_tables(absent: Any):
    table = prices(m=entry(reasoningMode="separate", reasoning=8))
    usage = Usage(reasoning=1_000_000)

    assert cost(usage, "m", table=table, reasoning_mode="same_as_output").reasoning == 25
    assert cost(usage, "m", table=table, reasoning_mode=absent).reasoning == 8


def test_the_output_of_codex_already_holds_its_reasoning():
    usage = Usage(output=1_000_000, reasoning=1_000_000)

    found = [
        cost_for_turn(turn(usage, source=source), prices(), semantics=TS_1_10) for source in ("codex", "openai-api")
    ]

    assert [breakdown and breakdown.total for breakdown in found] == [25, 50]


def test_one_hour_cache_writes_cost_as_five_minute_ones_under_ts_and_their_own_price_under_current():
    usage = Usage(cache_create_5m=1_000_000, cache_create_1h=1_000_000)
    table = prices(claude_x=entry(), gpt_x=entry(), listed=entry(cacheWrite1h=7))

    ts = [cost(usage, model, table=table).total for model in table]
    current = [cost(usage, model, CURRENT, table=table).total for model in table]

    assert ts == [12.5, 12.5, 12.5]
    # Anthropic: 6.25 + twice the input price of 5; others: the plain write price; a listed price wins.
    assert current == [16.25, 12.5, 13.25]


@pytest.mark.parametrize(
    "model", ["claude-x", "anthropic/claude-x", "us.anthropic.claude-x", "anthropic/x", "Claude-X", "vertex:claude-x"]
)
def test_one_hour_cache_writes_of_anthropic_models_cost_twice_the_input_wherever_they_are_bought(model: str):
    table = prices(**{model: entry()})

    assert cost(Usage(cache_create_1h=1_000_000), model, CURRENT, table=table).total == 10


def test_context_tiers_replace_all_prices_above_their_threshold_under_current():
    tier = {"contextTokens": 200_000, "input": 10, "output": 37.5, "cacheRead": 1, "cacheWrite": 12.5}
    table = prices(m=entry(contextTiers=[tier]))
    at = Usage(input=100_000, cache_read=50_000, cache_create_5m=50_000, output=100_000)
    above = Usage(input=100_001, cache_read=50_000, cache_create_5m=50_000, output=100_000)

    assert [cost(at, "m", semantics, table=table).output for semantics in (TS_1_10, CURRENT)] == [2.5, 2.5]
    assert [cost(above, "m", semantics, table=table).output for semantics in (TS_1_10, CURRENT)] == [2.5, 3.75]
    assert cost(above, "m", CURRENT, table=table).cache_read == 0.05


def test_of_several_context_tiers_the_highest_that_is_exceeded_holds():
    tiers = [entry(price, contextTokens=size) for size, price in ((100, 6), (200, 7), (300, 8))]
    table = prices(m=entry(contextTiers=tiers))

    found = [cost(Usage(input=tokens), "m", CURRENT, table=table).input / tokens for tokens in (100, 101, 250, 301)]

    assert found == pytest.approx([5e-6, 6e-6, 7e-6, 8e-6])


def test_context_tiers_without_a_price_for_reasoning_leave_the_models_own():
    tier = {"contextTokens": 100, "input": 2, "output": 8, "cacheRead": 0, "cacheWrite": 2}
    usage = Usage(input=200, reasoning=1_000_000)

    own = prices(m=entry(1, 4, reasoningMode="separate", reasoning=10, contextTiers=[tier]))
    none = prices(m=entry(1, 4, reasoningMode="separate", contextTiers=[tier]))

    assert cost(usage, "m", CURRENT, table=own).reasoning == 10
    assert cost(usage, "m", CURRENT, table=none).reasoning == 8


def test_dated_prices_a_turn_is_priced_as_of_its_own_day_under_current():
    periods = [{"since": "", **entry(10, 40)}, {"since": "2026-06-10", **entry(2, 8)}]
    table = prices(m=entry(2, 8, dated=periods))
    usage = Usage(input=1_000_000)

    def dollars(ts: Any, semantics: Semantics) -> float:
        found = cost_for_turn(turn(usage, model="m", ts=ts), table, semantics=semantics)
        assert found is not None
        return found.total

    assert [dollars("2026-06-09T23:59:59.999Z", semantics) for semantics in (TS_1_10, CURRENT)] == [2, 10]
    assert dollars("2026-06-10T00:00:00.000Z", CURRENT) == 2
    assert dollars("2026-06-10T01:00:00+02:00", CURRENT) == 10
    assert [dollars(ts, CURRENT) for ts in ("", "yesterday", 5, UNSET)] == [2, 2, 2, 2]


def test_snapshot_ids_are_priced_as_their_model_under_current():
    usage = Usage(input=1_000_000)

    for model in (f"{OPUS}-20260101", f"{OPUS}@20260101", f"anthropic/{OPUS}-2026-01-01"):
        assert cost_for_usage(usage, model, prices(), semantics=TS_1_10) is None
        assert cost(usage, model, CURRENT).total == 5
    assert cost_for_usage(usage, f"{OPUS}-2026010", prices(), semantics=CURRENT) is None


def test_counts_and_prices_of_other_types_are_taken_as_javascript_does():
    table = prices(m=entry(cache_read="0.5"))
    usage: Any = Usage(input="1000000", output=None, cache_read=1_000_000, cache_create_5m="5", cache_create_1h=0)  # type: ignore[arg-type]

    found = cost(usage, "m", table=table)

    # "5" + 0 is the text "50".
    assert (found.input, found.output, found.cache_read, found.cache_create) == (5, 0, 0.5, 50 / 1e6 * 6.25)


def test_sums_start_at_zero_and_add_the_given_totals():
    one = CostBreakdown("a", 5, 1, 1, 1, 1, 0.5)

    assert sum_costs([one, one]) == CostBreakdown("aggregate", 10, 2, 2, 2, 2, 1)
    assert sum_costs([]) == CostBreakdown("aggregate", 0, 0, 0, 0, 0, 0)


def total(made: list[TurnRecord], semantics: Semantics) -> float:
    costs = (cost_for_turn(one, prices(), semantics=semantics) for one in made)
    return sum_costs(one for one in costs if one is not None).total


@pytest.mark.properties
@given(turns(), st.data(), SEMANTICS)
def test_costs_add_up_over_any_partition_of_the_turns(
    made: list[TurnRecord], data: st.DataObject, semantics: Semantics
):
    parts: dict[int, list[TurnRecord]] = {}
    for one in made:
        parts.setdefault(data.draw(st.integers(0, 2)), []).append(one)

    whole = total(made, semantics)

    assert sum(total(part, semantics) for part in parts.values()) == pytest.approx(whole, rel=1e-12, abs=1e-12)


@pytest.mark.properties
@given(USAGES, st.integers(-8, 8), SEMANTICS)
def test_scaling_every_price_scales_every_cost(usage: Usage, exponent: int, semantics: Semantics):
    factor = 2.0**exponent
    before = cost(usage, semantics=semantics)
    after = cost(usage, semantics=semantics, table=scaled(prices(), factor))

    # Powers of two scale doubles without rounding.
    fields = ("total", "input", "output", "reasoning", "cache_read", "cache_create")
    assert [getattr(after, field) for field in fields] == [factor * getattr(before, field) for field in fields]


@pytest.mark.properties
@given(USAGES)
def test_a_cost_is_the_exact_one_to_within_a_billionth_of_a_dollar(usage: Usage):
    written = usage.cache_create_5m + usage.cache_create_1h
    tokens = (usage.input, usage.output + usage.reasoning, usage.cache_read, written)
    dollars = sum(Fraction(price) * count for price, count in zip(("5", "25", "0.5", "6.25"), tokens, strict=True))

    assert abs(Fraction(cost(usage).total) - dollars / 1_000_000) < Fraction(1, 10**9)


@pytest.mark.properties
@given(USAGES, SEMANTICS)
def test_no_cost_is_negative_and_the_total_is_their_sum(usage: Usage, semantics: Semantics):
    found = cost(usage, semantics=semantics)
    parts = [found.input, found.output, found.reasoning, found.cache_read, found.cache_create]

    assert min(parts) >= 0
    assert found.total == pytest.approx(sum(parts), rel=1e-12)
