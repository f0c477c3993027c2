"""What an instruction file costs: who pays, how often, and at which price."""

from __future__ import annotations

import pytest

from relayburn.analyze.overhead import Attribution, attribute_files, attribute_overhead
from relayburn.errors import InvalidInput
from relayburn.records import UNSET, Usage
from relayburn.semantics import CURRENT, TS_1_10
from tests.analyze.overhead_inputs import CHEAP, MODEL, loaded, parsed, prices, text_of_tokens, turn

EACH_RIDE = 500 / 1_000_000 * 0.5


def attributed(text: str, *turns, table=None, semantics=TS_1_10) -> Attribution:
    return attribute_files([parsed(text)], turns, table or prices(), semantics=semantics)


def test_a_turn_rides_when_its_cache_read_covers_the_file():
    turns = [turn(cache_read=tokens, index=tokens) for tokens in (0, 499, 500, 501)]
    (session,) = attributed(text_of_tokens(500), *turns).session_costs
    assert (session.riding_turns, session.total_turns) == (2, 4)
    assert session.cost == EACH_RIDE + EACH_RIDE


def test_files_carried_together_must_all_fit_into_the_cache_read():
    files = [parsed(text_of_tokens(300)), parsed(text_of_tokens(200))]
    attribution = attribute_files(files, [turn(cache_read=499), turn(cache_read=500)], prices(), semantics=TS_1_10)
    assert (attribution.total_tokens, attribution.total_cost) == (500, EACH_RIDE)


def test_a_free_model_rides_for_nothing():
    (session,) = attributed("xxxx", turn(), table=prices(cacheRead=0)).session_costs
    assert (session.cost, session.riding_turns) == (0, 1)


def test_an_unpriced_turn_counts_only_among_all_turns():
    (session,) = attributed("xxxx", turn(model="unpriced"), turn(model="unpriced"), turn(model=CHEAP)).session_costs
    assert (session.riding_turns, session.total_turns, session.model) == (1, 3, CHEAP)


def test_a_session_has_the_model_of_most_priced_turns_riding_or_not():
    turns = [turn(model=MODEL), turn(model=CHEAP, cache_read=0, index=1), turn(model=CHEAP, cache_read=0, index=2)]
    (session,) = attributed("xxxx", *turns).session_costs
    assert session.model == CHEAP


def test_of_models_with_as_many_turns_the_first_in_turn_order_wins():
    (session,) = attributed("xxxx", turn(model=CHEAP, index=1), turn(model=MODEL, index=0)).session_costs
    assert session.model == MODEL


def test_a_model_is_named_as_logged():
    (session,) = attributed("xxxx", turn(model=f"anthropic/{MODEL}")).session_costs
    assert (session.model, session.riding_turns) == (f"anthropic/{MODEL}", 1)


def test_every_session_has_a_row_in_the_order_it_is_first_seen():
    attribution = attributed("xxxx", turn("b"), turn("a", cache_read=0), turn("b"), turn("10", model="unpriced"))
    assert [(row.session_id, row.riding_turns, row.model) for row in attribution.session_costs] == [
        ("b", 2, MODEL),
        ("a", 0, MODEL),
        ("10", 0, ""),
    ]
    assert attribution.session_count == 3


def test_a_file_without_tokens_does_not_even_count_sessions():
    assert attributed("", turn()).session_count == 0


def test_a_file_of_one_line_feed_costs_a_token_but_has_no_section():
    attribution = attributed("\n", turn())
    assert (attribution.total_tokens, attribution.section_costs) == (1, [])
    assert attribution.total_cost > 0


@pytest.mark.parametrize(("sessions", "position"), [(1, 0), (2, 1), (19, 18), (20, 18), (21, 19), (40, 37)])
def test_the_95th_percentile_is_the_nearest_rank(sessions: int, position: int):
    turns = [turn(str(number), index=ride) for number in range(sessions) for ride in range(sessions - number)]
    attribution = attributed("xxxx", *turns)
    ascending = sorted(row.cost for row in attribution.session_costs)
    assert attribution.per_session_p95 == ascending[position]


def test_sections_share_the_cost_by_their_bytes_dearest_first():
    attribution = attributed("## A\n## B\nlonger\n", turn())
    assert [row.section.heading for row in attribution.section_costs] == ["## B", "## A"]
    assert [row.token_share for row in attribution.section_costs] == [12 / 17, 5 / 17]
    assert attribution.section_costs[0].total_cost == attribution.total_cost * (12 / 17)


def test_sections_that_cost_the_same_keep_the_order_of_the_file():
    attribution = attributed("## B\n## A\n## C\n", turn())
    assert [row.section.heading for row in attribution.section_costs] == ["## B", "## A", "## C"]


def test_each_file_is_paid_by_the_sources_that_load_it():
    files = [loaded("xxxx", "claude-code"), loaded(text_of_tokens(500), "codex", "opencode", path="/p/AGENTS.md")]
    turns = [turn("c"), turn("x", source="codex"), turn("o", source="opencode"), turn("g", source="gemini-api")]
    claude, agents = attribute_overhead(files, turns, prices(), semantics=TS_1_10).per_file
    assert [row.session_id for row in claude.attribution.session_costs] == ["c"]
    assert [row.session_id for row in agents.attribution.session_costs] == ["x", "o"]
    assert agents.attribution.total_cost == EACH_RIDE + EACH_RIDE


def test_each_file_has_its_own_threshold_and_a_turn_that_carries_both_counts_once():
    files = [loaded("xxxx"), loaded(text_of_tokens(500))]
    turns = [turn(cache_read=500), turn(cache_read=1, index=1), turn("s2", cache_read=0)]
    result = attribute_overhead(files, turns, prices(), semantics=TS_1_10)
    assert [file.attribution.session_costs[0].riding_turns for file in result.per_file] == [2, 1]
    assert result.total_riding_turns == 2
    assert result.grand_total == sum(file.attribution.total_cost for file in result.per_file)


def test_without_files_nothing_was_carried():
    result = attribute_overhead([], [turn()], prices(), semantics=TS_1_10)
    assert (result.per_file, result.grand_total, result.total_riding_turns) == ([], 0, 0)


TIER = {"contextTokens": 20_000, "input": 6, "output": 30, "cacheRead": 1.0, "cacheWrite": 8}


def test_a_long_context_pays_its_tier_under_current():
    table = prices(contextTiers=[TIER])
    attribution = attributed(text_of_tokens(500), turn(cache_read=20_001), table=table, semantics=CURRENT)
    assert attribution.total_cost == 500 / 1_000_000 * 1.0


def test_a_context_at_the_threshold_pays_the_base_price():
    table = prices(contextTiers=[TIER])
    attribution = attributed(text_of_tokens(500), turn(cache_read=20_000), table=table, semantics=CURRENT)
    assert attribution.total_cost == EACH_RIDE


def test_the_reference_knows_no_tiers():
    table = prices(contextTiers=[TIER])
    attribution = attributed(text_of_tokens(500), turn(cache_read=20_001), table=table)
    assert attribution.total_cost == EACH_RIDE


@pytest.mark.parametrize(("cache_read", "rides"), [(UNSET, True), (None, False), ("10000", True), ("1", False)])
def test_a_cache_read_that_is_no_number_is_compared_as_javascript_does(cache_read: object, rides: bool):
    (session,) = attributed(text_of_tokens(500), turn(cache_read=cache_read)).session_costs
    assert (session.riding_turns == 1) is rides


@pytest.mark.parametrize("semantics", [TS_1_10, CURRENT])
def test_a_priced_turn_without_usage_is_refused(semantics):
    with pytest.raises(InvalidInput):
        attributed("xxxx", turn(usage=UNSET), semantics=semantics)


def test_a_price_that_is_a_text_counts_as_its_number():
    assert attributed(text_of_tokens(500), turn(), table=prices(cacheRead="0.5")).total_cost == EACH_RIDE


def test_output_input_and_cache_writes_play_no_part():
    dear = Usage(input=9, output=9, reasoning=9, cache_read=500, cache_create_5m=9, cache_create_1h=9)
    assert attributed(text_of_tokens(500), turn(usage=dear)).total_cost == EACH_RIDE
