"""What sessions cost by how they began, and which of them belong together (cli.md 7.4 and 7.5)."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.relationship_stats import RelatedSpending, spending_by_relationship
from relayburn.analyze.session_links import connected_rows, sessions_of_agent
from relayburn.records import SessionRelationshipRecord, Subagent, TurnRecord, Usage
from relayburn.semantics import TS_1_10
from tests.money import SESSIONS, UNLISTED, prices, turn, turns

TABLE = prices()
DOLLAR = Usage(input=200_000)


def row(kind: str, session: str = "s1", **values: Any) -> SessionRelationshipRecord:
    values = {"source": "native-claude", **values}
    return SessionRelationshipRecord(session_id=session, relationship_type=kind, **values)


def spent(session: str = "s1", dollars: int = 1, **values: Any) -> TurnRecord:
    return turn(Usage(input=200_000 * dollars), session_id=session, **values)


def by(agent: str = "", sidechain: bool = True, **values: Any) -> Subagent:
    return Subagent(is_sidechain=sidechain, agent_id=agent, **values)


def related(made: list[TurnRecord], *rows: SessionRelationshipRecord) -> RelatedSpending:
    return spending_by_relationship(rows, made, TABLE, semantics=TS_1_10)


def figures(found: RelatedSpending) -> list[tuple[str, int, int, float]]:
    return [(row.relationship_type, row.session_count, row.turn_count, row.total_cost) for row in found.relationships]


def test_a_root_has_the_turns_of_the_main_thread() -> None:
    made = [spent(), spent(subagent=by("a1")), spent(subagent=by("s1")), spent(subagent=by("a1", sidechain=False))]

    assert figures(related(made, row("root"))) == [("root", 1, 3, 3)]


def test_a_continuation_or_fork_has_all_turns() -> None:
    made = [spent(), spent(subagent=by("a1"))]

    assert figures(related(made, row("fork"), row("continuation"))) == [("continuation", 1, 2, 2), ("fork", 1, 2, 2)]


def test_a_subagent_has_its_own_turns_or_else_those_that_may_be_its() -> None:
    main, own, other = spent(), spent(subagent=by("a1")), spent(subagent=by("a2"))

    assert figures(related([main, own, other], row("subagent", agent_id="a1"))) == [("subagent", 1, 1, 1)]
    assert figures(related([main, own, other], row("subagent", agent_id="s1"))) == [("subagent", 1, 3, 3)]
    assert figures(related([main, own, other], row("subagent", agent_id="a9"))) == [("subagent", 1, 2, 2)]
    assert figures(related([main], row("subagent", agent_id="a9"))) == []
    assert figures(related([main], row("subagent", agent_id="a9", source="spawn-env"))) == [("subagent", 1, 1, 1)]


def test_a_row_is_counted_once_and_a_session_with_all_its_rows() -> None:
    made = [spent(subagent=by("a1")), spent(subagent=by("a2"), dollars=3), spent("s2", subagent=by("a1"), dollars=2)]
    rows = [
        row("subagent", agent_id="a1", subagent_type="first"),
        row("subagent", agent_id="a1", subagent_type="again"),
        row("subagent", agent_id="a2"),
        row("subagent", "s2", agent_id="a1"),
    ]

    found = related(made, *rows)

    assert figures(found) == [("subagent", 2, 3, 6)]
    assert (found.relationships[0].median_cost, found.relationships[0].p95_cost) == (2, 4)
    assert [(each.subagent_type, each.invocations, each.total_cost) for each in found.subagent_types] == [
        ("(unknown)", 2, 5),
        ("first", 1, 1),
    ]


def test_a_type_that_the_row_does_not_name_is_that_of_its_first_turn() -> None:
    found = related([spent(subagent=by("a1", subagent_type="Plan"))], row("subagent", agent_id="a1"))

    assert [each.subagent_type for each in found.subagent_types] == ["Plan"]


def test_turns_without_a_price_count_and_cost_nothing() -> None:
    assert figures(related([turn(DOLLAR, model=UNLISTED)], row("root"))) == [("root", 1, 1, 0)]


@st.composite
def _rows(draw: st.DrawFn) -> list[SessionRelationshipRecord]:
    kinds = st.sampled_from(["root", "continuation", "fork", "subagent"])
    ids = st.sampled_from(["a1", "a2", "s1", "s2", "s3"])
    return [
        row(draw(kinds), draw(SESSIONS), agent_id=draw(ids), related_session_id=draw(ids))
        for _ in range(draw(st.integers(0, 8)))
    ]


@given(turns(), _rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_sessions_changes_no_figure(
    made: list[TurnRecord], rows: list[SessionRelationshipRecord], chance: random.Random
) -> None:
    def told(turns: list[TurnRecord], rows: list[SessionRelationshipRecord]) -> list[Any]:
        return [(*each[:3], round(each[3], 9)) for each in figures(related(turns, *rows))]

    assert told(made, rows) == told(chance.sample(made, len(made)), chance.sample(rows, len(rows)))


def test_the_sessions_of_an_agent_are_those_below_it_at_any_depth() -> None:
    rows = [
        row("subagent", "s3", related_session_id="a2"),
        row("subagent", "s2", related_session_id="s1", agent_id="a2"),
        row("fork", "s9", related_session_id="s1"),
        row("subagent", "s8", related_session_id=""),
        row("subagent", "s7", related_session_id="elsewhere"),
    ]

    assert sessions_of_agent("s1", rows) == {"s2", "s3"}
    assert sessions_of_agent("", rows) == set()


def test_a_loop_of_agents_ends() -> None:
    rows = [row("subagent", "s1", related_session_id="s2"), row("subagent", "s2", related_session_id="s1")]

    assert sessions_of_agent("s1", rows) == {"s1", "s2"}
    assert connected_rows("s1", rows) == rows


def test_rows_are_connected_over_both_sides_and_from_a_session_to_its_agents_and_the_newest_counts() -> None:
    below = row("subagent", "s2", related_session_id="s1", agent_id="a2")
    deeper = row("subagent", "s3", related_session_id="a2")
    newer = row("subagent", "s3", related_session_id="a2", subagent_type="Plan")
    stranger = row("root", "s9")

    assert connected_rows("s1", [stranger, deeper, below, newer]) == [below, newer]
    assert connected_rows("s2", [stranger, below, deeper]) == [below, deeper]
    # A row is found by its sessions; that it names an agent leads on from it, not to it.
    assert connected_rows("s3", [stranger, below, deeper]) == [deeper]
