"""The prices of many turns, found out once (cost.md, "After 1.x")."""

from __future__ import annotations

from typing import Any

import pytest

from relayburn.pricing.rate import TurnRates, rate_for_turn
from relayburn.pricing.table import table_from_wire
from relayburn.records import UNSET, Usage
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.money import turn

FIGURES = {"input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75}
TABLE = table_from_wire(
    {
        "plain": FIGURES,
        "stepped": FIGURES
        | {
            "contextTiers": [FIGURES | {"contextTokens": 1000, "input": 6}],
            "dated": [FIGURES | {"since": ""}, FIGURES | {"since": "2026-03-13", "output": 10}],
        },
    }
)
MODELS = ("plain", "stepped", "stepped-20260101", "gateway/plain", "nobody's", "", 7, None, UNSET)
DAYS = ("2026-03-12T23:59:59Z", "2026-03-12T23:59:59-05:00", "2026-03-13", "no time", None)
CONTEXTS = (0, 999.5, 1000, 1001)


@pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda each: each.name)
def test_the_prices_of_many_turns_are_those_of_each(semantics: Semantics):
    rates = TurnRates(TABLE, semantics=semantics)
    given: list[tuple[Any, Any, Any, str]] = [
        (model, ts, context, source)
        for model in MODELS
        for ts in DAYS
        for context in CONTEXTS
        for source in ("codex", "claude-code")
    ]
    turns = [turn(Usage(cache_read=context), model=model, ts=ts, source=source) for model, ts, context, source in given]

    for _ in range(2):
        assert [rates.of(each) for each in turns] == [rate_for_turn(each, TABLE, semantics=semantics) for each in turns]
