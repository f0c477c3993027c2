"""Flattening a catalogue of providers to a table (pricing.md 3)."""

from __future__ import annotations

from typing import Any

import pytest

from relayburn.errors import InvalidInput
from relayburn.pricing.flatten import flatten
from relayburn.records import to_wire
from relayburn.semantics import CURRENT, TS_1_10, Semantics


def catalogue(**providers: dict[str, Any]) -> dict[str, Any]:
    """Providers with the cost of their models."""
    return {
        name: {"models": {model: {"cost": cost} for model, cost in models.items()}}
        for name, models in providers.items()
    }


def flat(document: Any, semantics: Semantics = TS_1_10) -> Any:
    return to_wire(flatten(document, semantics=semantics))


def test_the_later_provider_wins():
    document = catalogue(openai={"m": {"input": 2, "output": 8}}, reseller={"m": {"input": 1, "output": 4}})

    assert flat(document)["m"]["input"] == 1


def test_first_party_prices_a_reseller_does_not_replace_the_vendor():
    document = catalogue(
        early={"m": {"input": 3, "output": 9}},
        openai={"m": {"input": 2, "output": 8}},
        reseller={"m": {"input": 1, "output": 4}, "other": {"input": 7, "output": 7}},
    )

    assert [flat(document, semantics)["m"]["input"] for semantics in (TS_1_10, CURRENT)] == [1, 2]
    assert flat(document, CURRENT)["other"]["input"] == 7


def test_index_like_ids_come_first_as_in_javascript():
    document = catalogue(z={"m": {"input": 1, "output": 1}}, **{"10": {"m": {"input": 10, "output": 1}}})

    assert flat(document)["m"]["input"] == 1


def test_a_row_that_is_skipped_disturbs_nothing():
    document = catalogue(a={"m": {"input": 1, "output": 2}}, b={"m": {"input": "9", "output": 2}})

    assert flat(document)["m"]["input"] == 1


@pytest.mark.parametrize("cost", [None, 5, [1, 2], {"input": True, "output": 1}, {"input": 1}, {}])
def test_a_model_without_two_prices_is_skipped(cost: Any):
    assert flat(catalogue(a={"m": cost})) == {}


def test_a_price_for_caching_that_is_missing_has_a_default_and_zero_is_none():
    document = catalogue(a={"m": {"input": 3, "output": 1}, "n": {"input": 3, "output": 1, "cache_write": 0}})

    assert [(rate["cacheRead"], rate["cacheWrite"]) for rate in flat(document).values()] == [(0, 3), (0, 0)]


@pytest.mark.parametrize("document", ["text", 7, True, [], {"a": "text"}, {"a": {"models": "text"}}, {"a": {}}])
def test_what_has_no_models_gives_an_empty_table(document: Any):
    assert flat(document) == {}


@pytest.mark.parametrize("document", [None, {"a": None}, {"a": {"models": {"m": None}}}])
def test_null_where_something_should_stand_is_refused(document: Any):
    with pytest.raises(InvalidInput):
        flatten(document, semantics=TS_1_10)


def test_tiers_and_one_hour_writes_are_read_under_current_alone():
    tiers = [
        {"tier": {"type": "context", "size": 272000}, "input": 10, "output": 45, "cache_read": 1},
        {"tier": {"type": "context", "size": 200000}, "input": 8, "output": 40},
        {"tier": {"type": "requests", "size": 5}, "input": 1, "output": 1},
        {"tier": {"type": "context", "size": "big"}, "input": 1, "output": 1},
        {"tier": {"type": "context", "size": 5}, "input": 1},
        "odd",
    ]
    document = catalogue(a={"m": {"input": 5, "output": 30, "cache_write_1h": 9, "tiers": tiers}})

    current = flat(document, CURRENT)["m"]

    assert "contextTiers" not in flat(document)["m"]
    assert current["cacheWrite1h"] == 9
    assert list(current["contextTiers"]) == [
        {"input": 8, "output": 40, "cacheRead": 0, "cacheWrite": 8, "contextTokens": 200000},
        {"input": 10, "output": 45, "cacheRead": 1, "cacheWrite": 10, "contextTokens": 272000},
    ]
