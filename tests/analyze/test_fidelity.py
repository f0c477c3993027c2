"""Counting turns by how much their sources told (fidelity.md 4 and 5)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.fidelity import (
    CLASSES,
    GRANULARITIES,
    WORST_TO_BEST,
    empty_fidelity_summary,
    has_minimum_fidelity,
    summarize_fidelity,
)
from relayburn.errors import InvalidInput
from relayburn.records import UNSET, Coverage, Fidelity, TurnRecord, from_wire, to_wire

FLAGS = Coverage.__struct_encode_fields__
ALL = dict.fromkeys(FLAGS, True)


def stored(granularity: Any = "per-turn", coverage: Any = ALL, **fields: Any) -> dict[str, Any]:
    return {"fidelity": {"granularity": granularity, "coverage": coverage, **fields}}


def summary(*turns: dict[str, Any]) -> dict[str, Any]:
    return to_wire(summarize_fidelity(from_wire(TurnRecord, turn) for turn in turns))


def test_an_empty_summary_names_everything_in_order():
    wire = to_wire(empty_fidelity_summary())

    assert wire == summary()
    assert list(wire) == ["total", "byClass", "byGranularity", "missingCoverage", "unknown"]
    assert list(wire["byClass"]) == ["full", "usage-only", "aggregate-only", "cost-only", "partial"]
    assert list(wire["byGranularity"]) == ["per-turn", "per-message", "per-session-aggregate", "cost-only"]
    assert list(wire["missingCoverage"]) == list(FLAGS)


def test_two_summaries_share_nothing():
    empty_fidelity_summary().by_class["full"] = 7

    assert empty_fidelity_summary().by_class["full"] == 0


@pytest.mark.parametrize("turn", [{}, {"fidelity": None}, {"fidelity": 0}, {"fidelity": ""}, {"fidelity": False}])
def test_a_turn_without_fidelity_is_unknown_and_nothing_else(turn):
    assert summary(turn) == to_wire(empty_fidelity_summary()) | {"total": 1, "unknown": 1}


def test_a_stored_class_is_trusted_against_its_coverage():
    counts = summary(stored(coverage={}, **{"class": "full"}))

    assert counts["byClass"]["full"] == 1
    assert set(counts["missingCoverage"].values()) == {1}


@pytest.mark.parametrize("fields", [{}, {"class": None}])
def test_a_missing_class_is_derived(fields):
    assert (
        summary(stored(coverage={"hasInputTokens": 1, "hasOutputTokens": []}, **fields))["byClass"]["usage-only"] == 1
    )


def test_a_flag_counts_as_javascript_finds_it():
    counts = summary(
        stored(coverage=ALL | {"hasToolCalls": {}, "hasRawContent": "", "hasInputTokens": 0, "more": False})
    )

    assert [flag for flag, missing in counts["missingCoverage"].items() if missing] == [
        "hasInputTokens",
        "hasRawContent",
    ]


@pytest.mark.parametrize("name", ["", "odd", "constructor"])
def test_a_name_that_does_not_exist_is_not_a_number_however_often_it_comes(name):
    odd = stored(granularity=name, **{"class": name})

    for counts in (summary(odd), summary(odd, odd)):
        assert counts["byClass"][name] is None
        assert counts["byGranularity"][name] is None
        assert sum(counts["byClass"][known] for known in CLASSES) == 0


def test_a_missing_granularity_is_counted_under_javascript_s_name_for_nothing():
    assert summary({"fidelity": {"coverage": ALL}})["byGranularity"]["undefined"] is None


@pytest.mark.parametrize(
    "fidelity", [{"granularity": "per-turn"}, {"class": "full", "coverage": None}, "full", [1], True]
)
def test_a_fidelity_without_coverage_is_refused(fidelity):
    with pytest.raises(InvalidInput):
        summary({"fidelity": fidelity})


@pytest.mark.parametrize("fidelity", [None, UNSET])
@pytest.mark.parametrize("minimum", [*WORST_TO_BEST, "odd"])
def test_a_record_without_fidelity_always_passes(fidelity, minimum):
    assert has_minimum_fidelity(fidelity, minimum)


def fidelity(name: Any) -> Fidelity:
    return Fidelity(granularity="per-turn", coverage=Coverage(), fidelity_class=name)


def test_partial_ranks_above_aggregate_only():
    assert has_minimum_fidelity(fidelity("partial"), "aggregate-only")
    assert not has_minimum_fidelity(fidelity("aggregate-only"), "partial")


def test_the_class_of_a_minimum_is_not_derived_again():
    assert not has_minimum_fidelity(from_wire(Fidelity, {"granularity": "per-turn", "coverage": ALL}), "cost-only")


@pytest.mark.parametrize("name", ["odd", UNSET, None, ["full"]])
def test_an_unknown_class_reaches_only_an_unknown_minimum(name):
    assert has_minimum_fidelity(fidelity(name), "odd")
    assert not any(has_minimum_fidelity(fidelity(name), minimum) for minimum in WORST_TO_BEST)


TURNS = st.lists(
    st.just({})
    | st.builds(
        stored,
        st.sampled_from(GRANULARITIES),
        st.fixed_dictionaries(dict.fromkeys(FLAGS, st.booleans())),
        **{"class": st.sampled_from([*CLASSES, None])},
    )
)


@pytest.mark.properties
@given(TURNS)
def test_well_formed_turns_are_counted_once_in_each_map(turns):
    counts = summary(*turns)

    assert counts["total"] == len(turns)
    assert sum(counts["byClass"].values()) + counts["unknown"] == len(turns)
    assert sum(counts["byGranularity"].values()) + counts["unknown"] == len(turns)


@pytest.mark.properties
@given(TURNS, TURNS)
def test_the_summary_of_two_lists_is_the_sum_of_their_summaries(some, others):
    first, second, both = summary(*some), summary(*others), summary(*some, *others)

    for name in ("byClass", "byGranularity", "missingCoverage"):
        assert both[name] == {key: count + second[name][key] for key, count in first[name].items()}
    assert both["unknown"] == first["unknown"] + second["unknown"]
