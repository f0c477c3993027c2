"""Who was paid (provider.md)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from relayburn.analyze.provider import (
    aggregate_by_provider,
    filter_turns_by_provider,
    provider_for,
    provider_for_model,
)
from relayburn.pricing.routing import RoutingRule
from relayburn.records import UNSET, Coverage, Fidelity, TurnRecord, Usage
from relayburn.semantics import TS_1_10
from tests.money import GPT, OPUS, UNLISTED, prices, turn, turns


@pytest.mark.parametrize(
    ("model", "source", "provider", "normalized"),
    [
        ("claude-x", "claude-code", "anthropic", "claude-x"),
        ("gpt-x", "codex", "openai", "gpt-x"),
        ("glm", "opencode", "opencode", "glm"),
        ("glm", UNSET, "unknown", "glm"),
        ("glm", "", "unknown", "glm"),
        ("OpenRouter/Anthropic/X", "opencode", "openrouter", "Anthropic/X"),
        ("/leading", "codex", "openai", "/leading"),
        ("trailing/", "codex", "trailing", ""),
        ("hf:org/glm", "claude-code", "synthetic", "glm"),
    ],
)
def test_a_provider_is_found_by_rule_by_slash_or_by_source(model: str, source: Any, provider: str, normalized: str):
    found = provider_for_model(model, source)

    assert (found.provider, found.raw_model, found.normalized_model) == (provider, model, normalized)


def test_a_rule_without_provider_or_name_counts_as_none():
    nameless = [RoutingRule("", "gw", "acme/")]

    assert provider_for_model("acme/x", "codex", [RoutingRule("blank", "", "acme/")]).provider == "acme"
    assert provider_for_model("acme/x", "codex", nameless).matched_rule is UNSET


def test_a_filter_is_compared_in_lower_case_as_it_is_given():
    made = [turn(model="ACME/x"), turn(model=OPUS)]

    assert filter_turns_by_provider(made, {"acme"}) == made[:1]
    assert filter_turns_by_provider(made, {"ACME"}) == []
    assert filter_turns_by_provider(made, []) == []
    assert filter_turns_by_provider(made) == made


def test_rows_count_unpriced_turns_and_come_dearest_first():
    made = [
        turn(Usage(input=10), model=UNLISTED, source="opencode"),
        turn(Usage(input=2_000_000), model=GPT, source="codex"),
        turn(Usage(input=1_000_000)),
    ]

    rows = aggregate_by_provider(made, prices(), semantics=TS_1_10)

    found = [(row.provider, row.turns, row.usage.input, row.cost.total) for row in rows]
    assert found == [("anthropic", 1, 1_000_000, 5), ("openai", 1, 2_000_000, 2.5), ("opencode", 1, 10, 0)]


def test_a_turn_without_fidelity_counts_as_reported():
    partly = Fidelity(granularity="per-turn", coverage=Coverage(has_input_tokens=True), fidelity_class="partial")
    made = [turn(), turn(fidelity=partly)]

    coverage = aggregate_by_provider(made, prices(), semantics=TS_1_10)[0].coverage

    assert (coverage.input.known, coverage.input.missing) == (2, 0)
    assert (coverage.cache_create.known, coverage.cache_create.missing) == (1, 1)


def test_odd_ids_and_counts_do_not_stop_a_report():
    made = [turn(model=5, source=None), turn(Usage(input="12"))]  # type: ignore[arg-type]

    rows = aggregate_by_provider(made, prices(), semantics=TS_1_10)

    assert [(row.provider, row.usage.input) for row in rows] == [("anthropic", "012"), ("unknown", 0)]


@pytest.mark.properties
@given(turns())
def test_every_turn_is_in_one_row(made: list[TurnRecord]):
    rows = aggregate_by_provider(made, prices(), semantics=TS_1_10)

    assert sum(row.turns for row in rows) == len(made)
    for row in rows:
        assert row.turns == sum(provider_for(one).provider == row.provider for one in made)
    assert [row.cost.total for row in rows] == sorted((row.cost.total for row in rows), reverse=True)
