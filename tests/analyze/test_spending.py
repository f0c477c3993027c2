"""What was spent under labels: rows add up, and only the documented order depends on the order of turns."""

from __future__ import annotations

import random
from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.overview import WebSearches, overview
from relayburn.analyze.spending import spending, total_cost
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.numbers import add_up
from relayburn.records import UNSET, Coverage, Fidelity, TurnRecord, Usage
from relayburn.semantics import CURRENT, TS_1_10
from tests.money import GPT, OPUS, UNLISTED, prices, turn, turns

TABLE = prices()


def by_model(made: list[TurnRecord]) -> list[tuple[str, TurnRecord]]:
    return [(each.model, each) for each in made]


def rounded(value: float) -> float:
    return round(value, 9)


@given(turns(12))
def test_rows_add_up_to_all_turns_tokens_and_dollars(made: list[TurnRecord]) -> None:
    rows = spending(by_model(made), TABLE, semantics=TS_1_10)
    paid = [cost.total for each in made if (cost := cost_for_turn(each, TABLE, semantics=TS_1_10))]

    assert sum(row.turns for row in rows) == len(made)
    for name in Usage.__struct_fields__:
        assert sum(getattr(row.usage, name) for row in rows) == sum(getattr(each.usage, name) for each in made)
    assert rounded(total_cost(rows).total) == rounded(add_up(paid))
    assert rows == sorted(rows, key=lambda row: -row.cost.total)


@given(turns(8), st.randoms(use_true_random=False))
def test_the_order_of_turns_changes_no_figure(made: list[TurnRecord], chance: random.Random) -> None:
    mixed = chance.sample(made, len(made))

    rows, others = (spending(by_model(each), TABLE, semantics=CURRENT) for each in (made, mixed))

    assert [
        (row.label, row.turns, row.usage, rounded(row.cost.total)) for row in sorted(rows, key=attrgetter("label"))
    ] == [(row.label, row.turns, row.usage, rounded(row.cost.total)) for row in sorted(others, key=attrgetter("label"))]


def test_the_dearest_label_comes_first_and_equal_ones_as_they_were_seen() -> None:
    made = [turn(model=UNLISTED), turn(model="free-x"), turn(Usage(input=9), model=GPT), turn(Usage(input=9))]

    rows = spending(by_model(made), TABLE, semantics=TS_1_10)

    assert [row.label for row in rows] == [OPUS, GPT, UNLISTED, "free-x"]


def test_a_turn_that_tells_nothing_of_its_coverage_counts_as_known() -> None:
    half = Fidelity(granularity="per-turn", coverage=Coverage(has_input_tokens=True), fidelity_class="partial")

    [row] = spending(by_model([turn(), turn(fidelity=half)]), TABLE, semantics=TS_1_10)

    assert (row.coverage.input.known, row.coverage.input.missing) == (2, 0)
    assert (row.coverage.output.known, row.coverage.output.missing) == (1, 1)


def test_an_overview_counts_endings_searches_and_what_has_no_price() -> None:
    made = [
        turn(stop_reason="end_turn"),
        turn(stop_reason="tool-calls", web_searches=3),
        turn(Usage(input=5), model=UNLISTED, stop_reason="whatever", web_searches=7),
        turn(),
    ]

    found = overview(by_model(made), TABLE, semantics=CURRENT)

    counts = found.stop_reasons
    assert (counts.end_turn, counts.tool_use, counts.silent, counts.none) == (1, 1, 1, 1)
    assert found.searches == WebSearches(10, 0.03)
    assert (found.unpriced.turns, [model.model for model in found.unpriced.models]) == (1, [UNLISTED])


def test_searches_that_are_no_number_do_not_count() -> None:
    assert WebSearches.of([(OPUS, UNSET), (OPUS, "4"), (OPUS, -1), (OPUS, None)]) == WebSearches(0, 0)
