"""What tool results cost (hotspots.md)."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze import riding
from relayburn.analyze.hotspot_rollups import (
    aggregate_by_bash,
    aggregate_by_bash_verb,
    aggregate_by_file,
    aggregate_by_subagent,
)
from relayburn.analyze.hotspots import Hotspots, attribute_hotspots
from relayburn.pricing.cost import cost_for_turn
from relayburn.reader.bash import parse_bash_command
from relayburn.records import ContentRecord, ContentToolResult, TurnRecord, Usage, UserTurnRecord, to_wire
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.money import OPUS, UNLISTED, call, conversations, entry, prices, result, scaled, turn

Conversation = tuple[list[TurnRecord], dict[Any, list[UserTurnRecord]]]
SEMANTICS = st.sampled_from([TS_1_10, CURRENT])


def hotspots(
    made: list[TurnRecord], given_back: Any = None, semantics: Semantics = TS_1_10, table: Any = None, **options: Any
) -> Hotspots:
    return attribute_hotspots(made, table or prices(), semantics=semantics, user_turns_by_session=given_back, **options)


def test_a_result_is_paid_when_it_enters_and_again_while_it_rides():
    table = prices(m=entry(3, 15, 0.3, 3.75))
    made = [
        turn(Usage(), model="m", turn_index=0, tool_calls=[call("t")]),
        turn(Usage(input=150, cache_create_5m=1450), model="m", turn_index=1),
        turn(Usage(cache_read=1500), model="m", turn_index=2),
    ]

    found = hotspots(made, {"s1": [result("t", 1500)]}, table=table)

    row = found.attributions[0]
    assert (row.initial_tokens, row.persistence_tokens, row.riding_turns) == (1500, 1500, 1)
    assert row.initial_cost == pytest.approx(0.00551953125)
    assert row.persistence_cost == pytest.approx(0.00045)
    assert found.unattributed_total == pytest.approx(found.grand_total - row.total_cost)


def test_the_turn_that_pays_and_not_the_one_that_called_sets_the_price():
    made = [
        turn(model=UNLISTED, turn_index=0, tool_calls=[call("t")]),
        turn(Usage(input=1000), model="gpt-x", turn_index=1),
    ]

    row = hotspots(made, {"s1": [result("t", 1000)]}).attributions[0]

    assert (row.model, row.initial_cost) == (UNLISTED, pytest.approx(0.00125))


def test_a_result_that_an_unpriced_turn_took_in_has_lost_its_entry_but_rides_on():
    made = [
        turn(turn_index=0, tool_calls=[call("t")]),
        turn(Usage(input=1000), model=UNLISTED, turn_index=1),
        turn(Usage(cache_read=1000), turn_index=2),
    ]

    row = hotspots(made, {"s1": [result("t", 1000)]}).attributions[0]

    assert (row.initial_cost, row.riding_turns) == (0, 1)


def test_a_result_left_out_of_a_small_cache_read_rides_again_later():
    made = [turn(turn_index=0, tool_calls=[call("t")]), turn(Usage(input=500), turn_index=1)]
    made += [turn(Usage(cache_read=read), turn_index=2 + index) for index, read in enumerate((500, 499, 500))]

    assert hotspots(made, {"s1": [result("t", 500)]}).attributions[0].riding_turns == 2


def test_without_sizes_the_calls_of_a_turn_share_evenly():
    made = [
        turn(turn_index=0, tool_calls=[call("a"), call("b")]),
        turn(Usage(input=100, cache_create_5m=100), turn_index=1),
    ]

    found = hotspots(made)

    assert [row.initial_tokens for row in found.attributions] == [100, 100]
    assert found.session_totals[0].attribution_method == "even-split"
    assert found.unattributed_total == pytest.approx(0)


def test_one_known_size_makes_a_session_sized():
    made = [turn(turn_index=0, tool_calls=[call("a")]), turn(Usage(input=100), turn_index=1)]

    found = hotspots(made, {"s1": [result("not one of ours", 0)]})

    assert found.session_totals[0].attribution_method == "sized"
    assert found.attributions[0].initial_cost == 0


def stored(tool_use_id: str, content: Any) -> ContentRecord:
    given_back = ContentToolResult(tool_use_id=tool_use_id, content=content)
    return ContentRecord(
        source="claude-code",
        session_id="s1",
        message_id="m",
        ts="",
        role="tool_result",
        kind="tool_result",
        tool_result=given_back,
    )


@pytest.mark.parametrize(
    ("content", "tokens"),
    [
        ("12345", 2),
        ("😀😀", 1),
        (None, 0),
        ({"a": 1.0}, 2),
        ([{"type": "text", "text": "abc"}, "de", 5, None, True], 2),
        ([{"type": "image"}, [1]], 5),
        (7, 1),
    ],
)
def test_stored_content_is_measured_as_text(content: Any, tokens: int):
    made = [turn(tool_calls=[call("t")])]

    found = hotspots(made, content_by_session={"s1": [stored("t", "earlier, longer text"), stored("t", content)]})

    assert found.attributions[0].result_tokens == tokens


def test_a_measured_size_wins_over_stored_content_and_the_last_one_counts():
    made = [turn(tool_calls=[call("t")])]
    measured = {"s1": [result("t", 10), result("t", -5)]}

    found = hotspots(made, measured, content_by_session={"s1": [stored("t", "x" * 100)]})

    assert found.attributions[0].result_tokens == 0


def test_one_hour_cache_writes_and_context_tiers_hold_for_attribution_too():
    tier = entry(10, 37.5, 1, 12.5, contextTokens=200_000)
    table = prices(claude_m=entry(contextTiers=[tier]))
    made = [
        turn(model="claude-m", turn_index=0, tool_calls=[call("t")]),
        turn(Usage(cache_create_5m=500, cache_create_1h=500), model="claude-m", turn_index=1),
        turn(Usage(cache_read=200_001), model="claude-m", turn_index=2),
    ]

    rows = [
        hotspots(made, {"s1": [result("t", 1000)]}, semantics, table).attributions[0]
        for semantics in (TS_1_10, CURRENT)
    ]

    # ts-1.10: all writes at 6.25 and the read at 0.5; current: half of the writes at twice 5, the read at 1.
    assert [row.initial_cost for row in rows] == pytest.approx([0.00625, (6.25 + 10) / 2 / 1000])
    assert [row.persistence_cost for row in rows] == pytest.approx([0.0005, 0.001])


def test_first_sight_of_a_file_is_its_earliest_call():
    made = [
        turn(turn_index=4, ts="2026-01-02T00:00:00Z", tool_calls=[call("a"), call("b", "Edit")]),
        turn(turn_index=9, ts="2026-01-01T00:00:00Z", tool_calls=[call("c", "Write"), call("d", "MultiEdit")]),
    ]

    rows = aggregate_by_file(hotspots(made).attributions)

    assert [(row.path, row.tool_call_count, row.first_emit_turn_index) for row in rows] == [("/p/a.py", 3, 9)]


def test_commands_roll_up_by_hash_and_by_verb():
    commands = ["git push", "git push", "git status", "", "ls"]
    made = [turn(tool_calls=[call(f"t{index}", "Bash", command) for index, command in enumerate(commands)])]
    rows = hotspots(made).attributions

    by_verb = aggregate_by_bash_verb(rows, parse_bash_command)

    assert [row.call_count for row in aggregate_by_bash(rows)] == [2, 1, 1, 1]
    assert [(row.verb, row.distinct_commands) for row in by_verb] == [
        ("(unknown)", 1),
        ("git push", 1),
        ("git status", 1),
        ("ls", 1),
    ]
    assert by_verb[0].top_examples == [""]


def test_subagents_roll_up_by_type():
    made = [
        turn(tool_calls=[call("a", "Task", "Explore"), call("b", "Agent", "Explore"), call("c", "task", "Explore")])
    ]

    rows = aggregate_by_subagent(hotspots(made).attributions)

    assert [(row.subagent_type, row.call_count) for row in rows] == [("Explore", 2)]


def test_a_session_id_of_any_type_is_a_session():
    made = [turn(session_id=["odd"], tool_calls=[call("a")]), turn(session_id=None)]

    assert [total.session_id for total in hotspots(made).session_totals] == [["odd"], None]


def long_session(length: int) -> Conversation:
    chance = random.Random(length)
    made, given_back = [], []
    for index in range(length):
        calls = [call(f"t{index}-{place}") for place in range(chance.randrange(3))]
        given_back += [result(asked.id, chance.choice([0, 10, 500, chance.randrange(60_000)])) for asked in calls]
        usage = Usage(
            input=chance.randrange(200), cache_read=chance.randrange(200_000), cache_create_5m=chance.randrange(5000)
        )
        made.append(turn(usage, turn_index=index, tool_calls=calls))
    return made, {"s1": given_back}


def assert_same_figures(one: Hotspots, other: Hotspots) -> None:
    for left, right in zip(one.attributions, other.attributions, strict=True):
        assert left.riding_turns == right.riding_turns
        assert left.total_cost == pytest.approx(right.total_cost, rel=1e-12, abs=1e-12)
        assert left.persistence_tokens == pytest.approx(right.persistence_tokens, rel=1e-12)


def test_a_long_session_is_charged_like_a_short_one(monkeypatch: pytest.MonkeyPatch):
    conversation = long_session(400)
    assert len(conversation[0]) * len(conversation[1]["s1"]) > riding.MOST_PAIRS_IN_ORDER
    at_once = hotspots(*conversation)
    monkeypatch.setattr(riding, "MOST_PAIRS_IN_ORDER", 10**9)

    assert_same_figures(at_once, hotspots(*conversation))


@pytest.mark.properties
@given(conversations(20))
def test_results_are_charged_alike_one_by_one_and_all_at_once(conversation: Conversation):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(riding, "MOST_PAIRS_IN_ORDER", -1)
        at_once = hotspots(*conversation)

    assert_same_figures(at_once, hotspots(*conversation))


@pytest.mark.properties
@given(conversations(), SEMANTICS)
def test_no_more_is_attributed_than_was_paid_to_take_in_and_re_read(conversation: Conversation, semantics: Semantics):
    paid: dict[str, float] = defaultdict(float)
    for one in conversation[0]:
        cost = cost_for_turn(one, prices(), semantics=semantics)
        if cost is not None:
            paid[one.session_id] += cost.input + cost.cache_read + cost.cache_create

    for session in hotspots(*conversation, semantics).session_totals:
        assert -1e-12 <= session.attributed_cost <= paid[session.session_id] + 1e-12
        assert session.unattributed_cost == session.grand_cost - session.attributed_cost


@pytest.mark.properties
@given(conversations(), st.integers(-8, 8), SEMANTICS)
def test_scaling_every_price_scales_every_charge(conversation: Conversation, exponent: int, semantics: Semantics):
    factor = 2.0**exponent

    before = hotspots(*conversation, semantics).attributions
    after = hotspots(*conversation, semantics, scaled(prices(), factor)).attributions

    assert [row.total_cost for row in after] == [factor * row.total_cost for row in before]


@pytest.mark.properties
@given(conversations(), st.randoms())
def test_the_order_of_sessions_changes_only_the_order_of_rows(conversation: Conversation, chance: random.Random):
    made, given_back = conversation
    order = list(dict.fromkeys(one.session_id for one in made))
    chance.shuffle(order)
    shuffled = [one for session in order for one in made if one.session_id == session]

    def by_session(found: Hotspots) -> dict[str, Any]:
        return {
            total.session_id: (
                to_wire(total),
                [to_wire(row) for row in found.attributions if row.session_id == total.session_id],
            )
            for total in found.session_totals
        }

    found = hotspots(shuffled, given_back)

    assert by_session(found) == by_session(hotspots(made, given_back))
    assert [total.session_id for total in found.session_totals] == order


@pytest.mark.properties
@given(conversations())
def test_a_roll_up_holds_the_whole_cost_of_its_tools(conversation: Conversation):
    rows = hotspots(*conversation).attributions

    for tool, rolled_up in (
        ("Bash", aggregate_by_bash(rows)),
        ("Bash", aggregate_by_bash_verb(rows, parse_bash_command)),
        ("Read", aggregate_by_file(rows)),
        ("Task", aggregate_by_subagent(rows)),
    ):
        whole = sum(row.total_cost for row in rows if row.tool_name == tool)
        assert sum(row.total_cost for row in rolled_up) == pytest.approx(whole, rel=1e-12, abs=1e-15)
        assert [row.total_cost for row in rolled_up] == sorted((row.total_cost for row in rolled_up), reverse=True)


def test_no_turns_give_no_rows():
    assert to_wire(hotspots([])) == to_wire(Hotspots(attributions=[], session_totals=[]))


def test_the_same_id_on_two_turns_gives_two_rows_of_one_size():
    made = [turn(turn_index=index, model=OPUS, tool_calls=[call("t")]) for index in range(2)]

    assert [row.result_tokens for row in hotspots(made, {"s1": [result("t", 7)]}).attributions] == [7, 7]


def _charged_turn_by_turn(calls: list[riding.HotspotAttribution], charges: list[tuple[float, float]]) -> None:
    """What each result owes when every turn goes through all results, call after call boarding before each turn."""
    for place, (cache_read, price) in enumerate(charges):
        cached = [one for one in calls[: place + 1] if 0 < one.result_tokens <= cache_read]
        active = 0.0
        for one in cached:
            active += one.result_tokens
        for one in cached:
            tokens = one.result_tokens / active * min(cache_read, active)
            cost = tokens / 1_000_000 * price
            one.persistence_tokens += tokens
            one.persistence_cost += cost
            one.total_cost += cost
            one.riding_turns += 1


SIZES = st.one_of(st.integers(0, 5000), st.floats(0, 5000, allow_subnormal=False))


@given(st.lists(st.tuples(SIZES, SIZES.map(lambda size: size * 3), st.floats(0, 20)), max_size=30))
def test_results_in_order_owe_to_the_last_bit_what_turn_by_turn_charges(rides: list[tuple[float, float, float]]):
    def made() -> list[riding.HotspotAttribution]:
        (row,) = hotspots([turn(tool_calls=[call("t")])]).attributions
        return [msgspec.structs.replace(row, result_tokens=size, total_cost=0.1) for size, _, _ in rides]

    found, expected = made(), made()
    riders = riding.CarriedInOrder()

    for one, (_, cache_read, price) in zip(found, rides, strict=True):
        riders.board([one])
        riders.charge(cache_read, price)
    riders.settle()
    _charged_turn_by_turn(expected, [(cache_read, price) for _, cache_read, price in rides])

    assert found == expected
