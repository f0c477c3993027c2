"""The benchmark of growth: it sees what grows too fast, and its made-up turns grow in nothing but number."""

from __future__ import annotations

from collections import Counter

import pytest

from conformance.bench.linear import LIMIT, SHAPES, TIMES, Growth, growth
from conformance.bench.turns import PRICES, many_sessions
from relayburn.analyze.hotspots import attribute_hotspots
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.sessions import by_session
from relayburn.analyze.waste import find_waste
from relayburn.semantics import CURRENT


def test_work_that_compares_every_turn_with_every_other_is_over_the_limit():
    def compare(turns: int) -> None:
        for _ in range(turns):
            for _ in range(turns):
                pass

    measured = growth("pairs", [lambda times=times: compare(300 * times) for times in TIMES], rounds=3)

    assert measured.is_over
    assert measured.per_doubling == pytest.approx(4, rel=0.25)


@pytest.mark.parametrize(
    ("seconds", "over"),
    [((1, 2, 4, 8), False), ((1, 2.2, 4.84, 10.6), False), ((1, 2, 4, 16), True), ((1, 2.5, 6.25, 15.6), True)],
)
def test_a_growth_is_judged_by_the_line_through_all_sizes(seconds: tuple[float, ...], over: bool):
    measured = Growth("made up", seconds)

    assert measured.is_over is over
    assert (measured.per_doubling > LIMIT) is over


def test_one_slow_measurement_is_no_growth():
    assert not Growth("a hiccup in the middle", (1, 2, 6, 8)).is_over


@pytest.mark.parametrize("shape", SHAPES)
def test_made_up_turns_are_as_many_as_asked_for_and_the_same_each_time(shape: str):
    made = [SHAPES[shape](7, 300, times) for times in (1, 2, 2)]

    assert [len(one.turns) for one in made] == [300, 600, 600]
    assert made[1] == made[2]


def test_many_sessions_are_the_same_work_again_under_other_names():
    once, twice = many_sessions(7, 700, 1), many_sessions(7, 700, 2)
    lengths = [Counter(turn.session_id for turn in made.turns) for made in (once, twice)]

    assert sorted(lengths[1].values()) == sorted([*lengths[0].values()] * 2)
    assert all(length <= 500 for length in lengths[0].values())
    assert (len(twice.events), len(twice.content)) == (2 * len(once.events), 2 * len(once.content))


def test_made_up_turns_give_every_analysis_something_to_do():
    made = many_sessions(7, 3000, 1)
    user_turns = by_session(made.user_turns)

    hotspots = attribute_hotspots(made.turns, PRICES, semantics=CURRENT, user_turns_by_session=user_turns)
    kinds = {
        finding.kind
        for finding in find_waste(
            Evidence(
                turns=made.turns,
                table=PRICES,
                semantics=CURRENT,
                compactions=made.compactions,
                user_turns_by_session=user_turns,
                content_by_session=by_session(made.content),
                tool_result_events=made.events,
            )
        )
    }

    assert 0 < hotspots.attributed_total < hotspots.grand_total
    assert any(row.riding_turns > 50 for row in hotspots.attributions)
    assert {"retry-loop", "failure-run", "compaction-loss", "edit-revert", "tool-call-pattern"} <= kinds
    assert {"skill-recall-dup", "skill-pruning-protection", "tool-output-bloat", "unpriced-usage"} <= kinds
