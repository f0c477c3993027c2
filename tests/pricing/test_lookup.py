"""Finding a model in the price table (pricing.md 5, provider.md 1)."""

from __future__ import annotations

import re

import pytest

from relayburn.pricing.lookup import lookup_model_rate
from relayburn.pricing.routing import RoutingRule, resolve_provider
from relayburn.pricing.table import table_from_wire
from relayburn.records import to_wire
from tests.money import entry


def price_of(model: str, **listed: float) -> float | None:
    rate = lookup_model_rate(model, table_from_wire({name: entry(price) for name, price in listed.items()}))
    return None if rate is None else rate.input


def test_the_id_itself_wins_over_what_stands_behind_a_slash():
    assert price_of("a/b", **{"a/b": 1, "b": 2}) == 1


def test_the_id_behind_a_gateway_wins_over_the_text_after_the_slash():
    listed = {"x": 1, "fireworks/models/x": 2}

    assert price_of("accounts/fireworks/models/x", **listed) == 1


def test_only_the_first_slash_counts():
    assert price_of("openrouter/anthropic/x", x=1) is None
    assert price_of("openrouter/anthropic/x", **{"anthropic/x": 1}) == 1


def test_case_and_dates_are_not_guessed():
    assert price_of("Claude-X", **{"claude-x": 1}) is None
    assert price_of("claude-x-20260101", **{"claude-x": 1}) is None


@pytest.mark.parametrize("model", [None, 5, ["claude-x"], {"id": "claude-x"}])
def test_an_id_that_is_no_text_is_unpriced(model: object):
    assert lookup_model_rate(model, table_from_wire({"claude-x": entry()})) is None  # type: ignore[arg-type]


def test_a_null_entry_counts_as_missing():
    table = table_from_wire({"a/b": None, "b": entry(2)})

    assert lookup_model_rate("a/b", table) is table["b"]


def test_figures_of_any_type_are_kept_as_they_stand():
    table = table_from_wire({"a": {"input": 1, "output": None, "cacheRead": "0.1", "reasoningMode": "odd"}})

    assert to_wire(table["a"]) == {"input": 1, "output": None, "cacheRead": "0.1", "reasoningMode": "odd"}


def test_a_line_break_ends_a_gateway_rule():
    assert resolve_provider("synthetic/a\nb").normalized_model == "synthetic/a\nb"
    assert resolve_provider("synthetic/a\u2028b").normalized_model == "synthetic/a\u2028b"
    assert resolve_provider("synthetic/a\x0bb").normalized_model == "a\x0bb"


def test_a_pattern_without_group_cuts_as_much_as_it_matched_from_the_front():
    rule = RoutingRule("mid", "gateway", re.compile("gw::"))

    assert resolve_provider("pre/gw::claude", [rule]).normalized_model == "gw::claude"


def test_a_group_that_took_no_part_counts_as_none():
    rule = RoutingRule("opt", "gateway", re.compile("^gw(-eu)?"))

    assert resolve_provider("gwclaude", [rule]).normalized_model == "claude"
    assert resolve_provider("gw-euclaude", [rule]).normalized_model == "-eu"
