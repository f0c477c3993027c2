"""How much of a turn its source told (fidelity.md 1 and 2)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.reader.fidelity import EMPTY_COVERAGE, classify_fidelity, make_fidelity
from relayburn.records import Coverage, to_wire

FULL = {
    "has_input_tokens": True,
    "has_output_tokens": True,
    "has_cache_read_tokens": True,
    "has_tool_calls": True,
    "has_tool_result_events": True,
    "has_session_relationships": True,
}
USAGE = {"has_input_tokens": True, "has_output_tokens": True}
COVERAGES = st.builds(Coverage, **dict.fromkeys(Coverage.__struct_fields__, st.booleans()))


def test_the_empty_coverage_says_no_nine_times():
    assert to_wire(EMPTY_COVERAGE) == dict.fromkeys(Coverage.__struct_encode_fields__, False)
    assert len(to_wire(EMPTY_COVERAGE)) == 9


@pytest.mark.parametrize(
    ("granularity", "fidelity_class"),
    [
        ("cost-only", "cost-only"),
        ("per-session-aggregate", "aggregate-only"),
        ("per-turn", "full"),
        ("per-message", "full"),
    ],
)
def test_a_coarse_source_is_judged_by_its_granularity(granularity, fidelity_class):
    assert classify_fidelity(granularity, Coverage(**FULL)) == fidelity_class


@pytest.mark.parametrize("flag", [flag for flag in FULL if flag not in USAGE])
def test_one_missing_capability_leaves_usage_only(flag):
    assert classify_fidelity("per-turn", Coverage(**FULL | {flag: False})) == "usage-only"


@pytest.mark.parametrize("flag", USAGE)
def test_without_input_or_output_it_is_partial(flag):
    assert classify_fidelity("per-turn", Coverage(**FULL | {flag: False})) == "partial"


def test_a_granularity_that_does_not_exist_is_judged_by_coverage():
    assert classify_fidelity("", Coverage(**FULL)) == "full"
    assert classify_fidelity("per-hour", EMPTY_COVERAGE) == "partial"


@pytest.mark.properties
@given(st.sampled_from(["per-turn", "cost-only", "per-session-aggregate", "x"]), COVERAGES)
def test_reasoning_cache_creation_and_raw_content_never_matter(granularity, coverage):
    other = msgspec.structs.replace(
        coverage,
        has_reasoning_tokens=not coverage.has_reasoning_tokens,
        has_cache_create_tokens=not coverage.has_cache_create_tokens,
        has_raw_content=not coverage.has_raw_content,
    )

    assert classify_fidelity(granularity, other) == classify_fidelity(granularity, coverage)


@pytest.mark.properties
@given(st.text(), COVERAGES)
def test_the_record_holds_what_was_given_and_the_class_that_follows(granularity, coverage):
    assert to_wire(make_fidelity(granularity, coverage)) == {
        "granularity": granularity,
        "coverage": to_wire(coverage),
        "class": classify_fidelity(granularity, coverage),
    }


@pytest.mark.parametrize("granularity", [None, 7, ["per-turn"], {}])
def test_a_granularity_that_is_no_text_is_judged_by_coverage(granularity):
    assert classify_fidelity(granularity, EMPTY_COVERAGE) == "partial"
