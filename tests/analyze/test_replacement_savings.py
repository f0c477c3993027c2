"""What replacement tools saved, in tokens (replacement-savings.md)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.replacement_savings import (
    TOKENS_PER_CALL,
    CallCosts,
    estimate_savings_for_tool_call,
    summarize_replacement_savings,
)
from relayburn.records import UNSET, to_wire
from tests.money import call, turn


def saved(*names: str, collapsed: Any = UNSET, **costs: Any) -> float | None:
    made = call("t", "mcp__x", replaced_tools=list(names) or UNSET, collapsed_calls=collapsed)
    estimate = estimate_savings_for_tool_call(made, CallCosts(**costs))
    return None if estimate is None else estimate.estimated_tokens_saved


def test_a_call_stands_for_the_mean_of_what_it_replaced():
    assert saved("Glob", "Grep", "Read") == 3350
    assert saved("Glob", "Grep", "Read", collapsed=7) == 7817


@pytest.mark.parametrize("collapsed", [UNSET, 0, -2, None])
def test_a_call_that_replaced_nothing_saved_nothing(collapsed: Any):
    assert saved(collapsed=collapsed) is None


def test_halves_are_rounded_up_even_below_zero():
    assert [saved("X", cost_per_call={"X": tokens}) for tokens in (2.5, 0.5, -2.5, -0.4)] == [3, 1, -2, 0]


def test_an_unknown_name_costs_the_fallback_and_null_means_fallback():
    assert saved("read") == 800
    assert saved("Read", cost_per_call={"Read": None}, fallback_cost_per_call=7) == 7


@pytest.mark.parametrize(("given", "tokens"), [(0, 0), (-5, 1600), ("9", 1600), (True, 1600), (None, 1600), (3, 6)])
def test_a_fallback_counts_only_if_it_is_a_number_and_not_negative(given: Any, tokens: int):
    assert saved(collapsed=2, fallback_cost_per_call=given) == tokens


def test_a_summary_adds_up_by_tool_in_order_of_first_sight():
    made = [
        turn(tool_calls=[call("a", "patch", replaced_tools=["Edit"]), call("b", "Read")]),
        turn(tool_calls=[call("c", "search", collapsed_calls=2), call("d", "patch", replaced_tools=["Edit", "Edit"])]),
    ]

    summary = to_wire(summarize_replacement_savings(made))

    assert list(summary["byTool"].items()) == [
        ("patch", {"calls": 2, "collapsedCalls": 3, "estimatedTokensSaved": 2100}),
        ("search", {"calls": 1, "collapsedCalls": 2, "estimatedTokensSaved": 1600}),
    ]
    assert (summary["calls"], summary["collapsedCalls"], summary["estimatedTokensSaved"]) == (3, 5, 3700)


@pytest.mark.properties
@given(st.lists(st.sampled_from([*TOKENS_PER_CALL, "other"]), min_size=1), st.integers(0, 50))
def test_the_order_of_names_does_not_matter_and_more_calls_save_more(names: list[str], collapsed: int):
    fewer, more = saved(*names, collapsed=collapsed + 1), saved(*names, collapsed=collapsed + 2)

    assert fewer == saved(*reversed(names), collapsed=collapsed + 1)
    assert fewer is not None and more is not None and fewer < more
