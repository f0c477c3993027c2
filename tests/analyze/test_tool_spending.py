"""What the results of tools cost to read: never more than was paid, and nothing is lost (cli.md 7.2)."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.tool_spending import ToolSpending, spending_by_tool
from relayburn.pricing.cost import cost_for_turn
from relayburn.records import TurnRecord, Usage, UserTurnBlock, UserTurnRecord
from relayburn.semantics import TS_1_10
from tests.money import UNLISTED, call, prices, turn, turns

TABLE = prices()
DOLLAR = Usage(input=200_000)


def back(before: str, after: str, *blocks: tuple[str, Any], session: str = "s1") -> UserTurnRecord:
    """What went back between two turns: bytes of the results of calls, and of text (`""`)."""
    return UserTurnRecord(
        source="claude-code",
        session_id=session,
        user_uuid=f"{before}-{after}",
        ts="",
        preceding_message_id=before,
        following_message_id=after,
        blocks=[
            UserTurnBlock(kind="tool_result", tool_use_id=name, byte_len=size, approx_tokens=0)
            if name
            else UserTurnBlock(kind="text", byte_len=size, approx_tokens=0)
            for name, size in blocks
        ],
    )


def spent(made: list[TurnRecord], *user_turns: UserTurnRecord) -> ToolSpending:
    return spending_by_tool(made, user_turns, TABLE, semantics=TS_1_10)


def shares(found: ToolSpending) -> dict[str, tuple[int, float, str]]:
    return {row.tool: (row.calls, round(row.attributed_cost, 9), row.attribution_method) for row in found.tools}


FIRST = turn(message_id="m1", tool_calls=[call("r", "Read"), call("b", "Bash")])
SECOND = turn(DOLLAR, message_id="m2", turn_index=1)


def test_a_prompt_is_put_on_the_calls_before_by_the_bytes_of_their_results() -> None:
    found = spent([FIRST, SECOND], back("m1", "m2", ("r", 300), ("b", 100), ("", 400)))

    assert shares(found) == {"Read": (1, 0.375, "sized"), "Bash": (1, 0.125, "sized")}
    assert found.unattributed == pytest.approx(0.5)


def test_without_sizes_a_prompt_is_split_evenly() -> None:
    assert shares(spent([FIRST, SECOND])) == {"Read": (1, 0.5, "even-split"), "Bash": (1, 0.5, "even-split")}
    assert shares(spent([FIRST, SECOND], back("m1", "m2", ("r", 0), ("", 9))))["Read"][2] == "even-split"


def test_what_came_between_other_turns_does_not_count() -> None:
    assert shares(spent([FIRST, SECOND], back("m1", "m9", ("r", 300))))["Read"][2] == "even-split"
    assert shares(spent([FIRST, SECOND], back("m1", "m2", ("r", 300), session="s2")))["Read"][2] == "even-split"


def test_the_first_prompt_and_one_after_no_calls_belong_to_no_tool() -> None:
    third = turn(DOLLAR, message_id="m3", turn_index=2)

    found = spent([SECOND, third])

    assert (found.tools, found.unattributed) == ([], 2)


def test_the_calls_of_an_unpriced_turn_are_not_counted_but_bear_what_follows() -> None:
    unpriced = turn(message_id="m1", model=UNLISTED, tool_calls=[call("r", "Read")])

    assert shares(spent([unpriced, SECOND])) == {"Read": (0, 1, "even-split")}


def test_a_tool_that_nothing_followed_is_listed_without_cost() -> None:
    assert shares(spent([FIRST])) == {"Read": (1, 0, "unattributed"), "Bash": (1, 0, "unattributed")}


@st.composite
def talks(draw: st.DrawFn) -> tuple[list[TurnRecord], list[UserTurnRecord]]:
    """Turns, and what went back between those that follow each other in a session."""
    made = draw(turns(10))
    last: dict[Any, TurnRecord] = {}
    found = []
    for each in made:
        before = last.get(each.session_id)
        last[each.session_id] = each
        if before is None or draw(st.integers(0, 3)) == 0:
            continue
        sizes = st.one_of(st.just(0), st.integers(-5, 60_000))
        blocks = [(asked.id, draw(sizes)) for asked in before.tool_calls if draw(st.booleans())]
        blocks += [("", draw(sizes))] * draw(st.integers(0, 1))
        found.append(back(before.message_id, each.message_id, *blocks, session=each.session_id))
    return made, found


def paid_for_prompts(made: list[TurnRecord]) -> float:
    costs = (cost_for_turn(each, TABLE, semantics=TS_1_10) for each in made)
    return sum(cost.input + cost.cache_read + cost.cache_create for cost in costs if cost is not None)


@given(talks())
def test_all_that_was_paid_for_prompts_is_put_somewhere_and_no_more(
    talk: tuple[list[TurnRecord], list[UserTurnRecord]],
) -> None:
    made, user_turns = talk

    found = spending_by_tool(made, user_turns, TABLE, semantics=TS_1_10)

    attributed = sum(row.attributed_cost for row in found.tools)
    assert attributed <= paid_for_prompts(made) * (1 + 1e-12)
    assert attributed + found.unattributed == pytest.approx(paid_for_prompts(made), abs=1e-9)
    assert all(row.attributed_cost >= 0 for row in found.tools)


@given(talks(), st.randoms(use_true_random=False))
def test_the_order_of_sessions_changes_no_figure(
    talk: tuple[list[TurnRecord], list[UserTurnRecord]], chance: random.Random
) -> None:
    made, user_turns = talk
    sessions = list(dict.fromkeys(each.session_id for each in made))
    chance.shuffle(sessions)
    mixed = sorted(made, key=lambda each: sessions.index(each.session_id))

    one, other = ({row.tool: row for row in spent(each, *user_turns).tools} for each in (made, mixed))
    assert {tool: row.calls for tool, row in one.items()} == {tool: row.calls for tool, row in other.items()}
    for tool, row in one.items():
        assert row.attributed_cost == pytest.approx(other[tool].attributed_cost)


def test_ten_times_the_turns_take_no_more_than_some_ten_times_as_long() -> None:
    def seconds(count: int) -> float:
        made = [turn(DOLLAR, message_id=f"m{at}", turn_index=at, tool_calls=[call(f"t{at}")]) for at in range(count)]
        results = [back(f"m{at}", f"m{at + 1}", (f"t{at}", 10)) for at in range(count - 1)]
        start = time.process_time()
        spending_by_tool(made, results, TABLE, semantics=TS_1_10)
        return time.process_time() - start

    seconds(100)
    assert min(seconds(5000) for _ in range(2)) < 40 * max(min(seconds(500) for _ in range(3)), 1e-3)
