"""Laws of attribution: costs add up, follow the prices and do not depend on the order of sessions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.overhead import attribute_files, attribute_overhead
from relayburn.analyze.sessions import turns_by_session
from relayburn.records import to_wire
from relayburn.semantics import CURRENT, TS_1_10
from tests.analyze.overhead_inputs import MARKDOWN, TURNS, loaded, parsed, prices

pytestmark = pytest.mark.properties
SEMANTICS = st.sampled_from([TS_1_10, CURRENT])
SOURCES = st.sampled_from([("claude-code",), ("codex", "opencode"), ()])
FILES = st.lists(st.builds(lambda text, sources: loaded(text, *sources), MARKDOWN, SOURCES), max_size=3)


def close(amount: float) -> object:
    return pytest.approx(amount, rel=1e-12, abs=1e-15)


@given(FILES, TURNS, SEMANTICS)
def test_sections_add_up_to_their_file_sessions_to_the_file_and_files_to_the_total(files, turns, semantics):
    result = attribute_overhead(files, turns, prices(), semantics=semantics)
    for file in result.per_file:
        attribution = file.attribution
        if file.parsed.sections:
            assert sum(section.total_cost for section in attribution.section_costs) == close(attribution.total_cost)
            assert sum(section.cost_per_session for section in attribution.section_costs) == close(
                attribution.per_session_avg
            )
        assert sum(session.cost for session in attribution.session_costs) == close(attribution.total_cost)
    assert sum(file.attribution.total_cost for file in result.per_file) == close(result.grand_total)


@given(FILES, TURNS, SEMANTICS)
def test_no_more_turns_ride_than_there_are(files, turns, semantics):
    result = attribute_overhead(files, turns, prices(), semantics=semantics)
    for file in result.per_file:
        assert all(0 <= row.riding_turns <= row.total_turns for row in file.attribution.session_costs)
    assert result.total_riding_turns <= len(turns)


@given(MARKDOWN, TURNS, st.sampled_from([0.25, 2.0, 1024.0]), SEMANTICS)
def test_prices_twice_as_high_make_costs_twice_as_high(text, turns, scale, semantics):
    base, scaled = (
        attribute_files([parsed(text)], turns, prices(factor), semantics=semantics) for factor in (1.0, scale)
    )
    # A power of two changes no digit, so the doubles agree exactly.
    assert scaled.total_cost == base.total_cost * scale
    assert scaled.per_session_p95 == base.per_session_p95 * scale
    assert [row.total_cost for row in scaled.section_costs] == [row.total_cost * scale for row in base.section_costs]
    assert [row.riding_turns for row in scaled.session_costs] == [row.riding_turns for row in base.session_costs]


@given(MARKDOWN, TURNS, st.randoms(use_true_random=False), SEMANTICS)
def test_the_order_of_sessions_decides_the_order_of_rows_alone(text, turns, random, semantics):
    sessions = list(turns_by_session(turns).values())
    random.shuffle(sessions)
    shuffled = [turn for session in sessions for turn in session]
    before, after = (attribute_files([parsed(text)], each, prices(), semantics=semantics) for each in (turns, shuffled))
    assert sorted(map(repr, before.session_costs)) == sorted(map(repr, after.session_costs))
    assert (before.per_session_avg, before.per_session_p95) == (after.per_session_avg, after.per_session_p95)
    assert after.total_cost == close(before.total_cost)
    assert [row.section for row in after.section_costs] == [row.section for row in before.section_costs]


@given(FILES, TURNS)
def test_without_tiers_both_semantics_agree(files, turns):
    reference, current = (attribute_overhead(files, turns, prices(), semantics=each) for each in (TS_1_10, CURRENT))
    assert to_wire(reference) == to_wire(current)
