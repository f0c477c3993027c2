"""How models compare (compare.md 1)."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.compare import CompareTable, build_compare_table
from relayburn.records import TurnRecord, Usage
from relayburn.semantics import CURRENT, TS_1_10
from tests.money import GPT, OPUS, UNLISTED, entry, prices, turn, turns


def compare(made: list[TurnRecord], **options: Any) -> CompareTable:
    return build_compare_table(made, options.pop("table", prices()), **{"semantics": TS_1_10} | options)


def test_models_come_dearest_first_and_ties_by_name():
    made = [turn(model=model) for model in ("alpha2", "Alpha", "alpha10", "alpha")]

    assert compare([*made, turn(Usage(input=5), model=GPT)]).models == [GPT, "alpha", "Alpha", "alpha10", "alpha2"]


def test_categories_come_by_their_turns_and_ties_by_name():
    activities = ["testing", "coding", "docs", "docs", None]

    table = compare([turn(activity=activity) for activity in activities])

    assert table.categories == ["docs", "coding", "testing", "unclassified"]


def test_every_pair_has_a_cell_and_an_empty_one_says_so():
    table = compare([turn(activity="coding"), turn(model=GPT, activity="testing")])
    cell = table.cells[OPUS]["testing"]

    assert (cell.no_data, cell.insufficient_sample, cell.cost_per_turn, cell.turns) == (True, False, None, 0)
    assert table.cells[OPUS]["coding"].insufficient_sample


def test_a_listed_model_is_shown_without_turns_and_others_are_not():
    table = compare([turn(), turn(model=GPT)], models=["nobody", GPT])

    assert table.models == [GPT, "nobody"]
    assert table.totals["nobody"].turns == 0


def test_an_empty_list_of_models_compares_all():
    assert compare([turn()], models=[]).models == [OPUS]


def test_a_turn_without_model_is_unknown_but_priced_as_the_empty_id():
    table = compare([turn(Usage(input=1_000_000), model="")], table=prices(**{"": entry()}))

    assert table.totals["unknown"].total_cost == 5


def test_unpriced_turns_count_but_not_in_the_cost_of_a_turn():
    made = [turn(Usage(input=1_000_000), model=UNLISTED, activity="coding")]

    cell = compare(made).cells[UNLISTED]["coding"]

    assert (cell.turns, cell.priced_turns, cell.total_cost, cell.cost_per_turn) == (1, 0, 0, None)


def test_retries_have_a_median_and_none_of_them_is_one_shot():
    made = [turn(activity="coding", has_edits=True, retries=retries) for retries in (3, 0, 1, 1)]
    made += [turn(activity="coding", has_edits=True), turn(activity="coding", retries=9)]

    cell = compare(made).cells[OPUS]["coding"]

    assert (cell.edit_turns, cell.one_shot_turns, cell.median_retries, cell.one_shot_rate) == (5, 2, 1, 0.4)
    assert compare(made[:2]).cells[OPUS]["coding"].median_retries == 1.5


def test_the_cache_hit_rate_is_of_all_that_stood_before_the_model():
    cell = compare([turn(Usage(input=1, cache_read=6, cache_create_5m=2, cache_create_1h=1), activity="a")]).cells
    nothing = compare([turn(Usage(output=1), activity="a")]).cells

    assert cell[OPUS]["a"].cache_hit_rate == 0.6
    assert nothing[OPUS]["a"].cache_hit_rate is None


def test_odd_values_do_not_stop_a_comparison():
    made = [turn(Usage(input=None), model=7, activity=["x"], has_edits=True, retries="2")]  # type: ignore[arg-type]

    assert compare(made).cells["7"]['["x"]'].median_retries == 2


def test_one_hour_cache_writes_show_in_the_comparison():
    made = [turn(Usage(cache_create_1h=1_000_000), activity="a")]

    found = [compare(made, semantics=semantics).totals[OPUS].total_cost for semantics in (TS_1_10, CURRENT)]

    assert found == [6.25, 10]


@pytest.mark.properties
@given(turns(), st.randoms())
def test_the_order_of_turns_changes_no_figure(made: list[TurnRecord], chance: random.Random):
    shuffled = [*made]
    chance.shuffle(shuffled)
    one, other = compare(made), compare(shuffled)

    assert {*one.models} == {*other.models}
    for model in one.models:
        assert one.totals[model].turns == other.totals[model].turns
        for category, cell in one.cells[model].items():
            twin = other.cells[model][category]
            assert (cell.turns, cell.priced_turns, cell.median_retries) == (
                twin.turns,
                twin.priced_turns,
                twin.median_retries,
            )
            assert cell.total_cost == pytest.approx(twin.total_cost, rel=1e-12)


@pytest.mark.properties
@given(turns())
def test_cells_add_up_to_the_totals(made: list[TurnRecord]):
    table = compare(made)

    assert sum(total.turns for total in table.totals.values()) == len(made)
    for model, row in table.cells.items():
        assert sum(cell.turns for cell in row.values()) == table.totals[model].turns
        assert sum(cell.total_cost for cell in row.values()) == pytest.approx(table.totals[model].total_cost)
