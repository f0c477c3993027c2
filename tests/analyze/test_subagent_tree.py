"""Who started whom, and what each of them cost (subagent-tree.md)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.subagent_node import SubagentNode
from relayburn.analyze.subagent_tree import aggregate_subagent_type_stats, build_subagent_tree
from relayburn.pricing.cost import cost_for_turn
from relayburn.records import SessionRelationshipRecord, Subagent, TurnRecord, Usage
from relayburn.semantics import CURRENT, TS_1_10
from tests.money import SESSIONS, entry, prices, turn, turns

ONE_DOLLAR = Usage(input=200_000)


def spent(session: str = "s1", *, agent: Any = None, usage: Usage = ONE_DOLLAR, **of: Any) -> TurnRecord:
    """A turn of one dollar, of the main thread or of an agent."""
    values = {"session_id": session, "model": of.pop("model", "claude-opus-x")}
    if agent is None:
        return turn(usage, **values)
    return turn(usage, subagent=Subagent(agent_id=agent, **of), **values)


def row(kind: str, session: str, **values: Any) -> SessionRelationshipRecord:
    return SessionRelationshipRecord(source="native-claude", session_id=session, relationship_type=kind, **values)


def trees(made: list[TurnRecord], *rows: SessionRelationshipRecord) -> dict[str, SubagentNode]:
    return build_subagent_tree(made, prices(), semantics=TS_1_10, relationships=rows)


def outline(node: SubagentNode) -> Any:
    return [node.node_id, *(outline(child) for child in node.children)]


def below(node: SubagentNode) -> list[SubagentNode]:
    return [node, *(deeper for child in node.children for deeper in below(child))]


def test_a_session_is_a_tree_of_its_agents():
    made = [
        spent(),
        spent(agent="a", subagent_type="Explore", parent_agent_id="s1"),
        spent(agent="b", parent_agent_id="a", model="gpt-x"),
    ]

    root = trees(made)["s1"]

    assert outline(root) == ["s1", ["a", ["b"]]]
    assert [(node.label, node.depth, node.self_cost) for node in below(root)] == [
        ("main", 0, 1),
        ("Explore", 1, 1),
        ("(unknown)", 2, 0.25),
    ]
    assert (root.cumulative_turns, root.cumulative_cost) == (3, 2.25)
    assert below(root)[2].models == ["gpt-x"]


def test_children_come_dearest_first():
    made = [spent(agent="cheap", model="gpt-x"), spent(agent="dear"), spent(agent="as dear")]

    assert outline(trees(made)["s1"]) == ["s1", ["dear"], ["as dear"], ["cheap"]]


def test_turns_that_name_no_agent_share_an_unresolved_child():
    made = [spent(agent="a"), spent(agent=""), spent(agent="")]

    assert [(node.label, node.self_turns) for node in trees(made)["s1"].children] == [
        ("(unresolved)", 2),
        ("(unknown)", 1),
    ]


def test_orphans_and_those_that_lead_into_a_cycle_hang_on_the_main_thread():
    parents = {"a": "b", "b": "a", "into": "a", "self": "self", "orphan": "nobody"}
    made = [spent(agent=agent, parent_agent_id=parent) for agent, parent in parents.items()]

    assert outline(trees(made)["s1"]) == ["s1", *([agent] for agent in parents)]


def test_with_rows_the_same_nodes_stand_on_their_own():
    parents = {"a": "b", "b": "a", "into": "a", "self": "self", "orphan": "nobody"}
    made = [spent(agent=agent, parent_agent_id=parent) for agent, parent in parents.items()]

    found = trees(made, row("root", "s1"))

    assert list(map(outline, found.values())) == [["s1"], ["a"], ["b"], ["into"], ["self"], ["nobody", ["orphan"]]]


def test_later_turns_fill_in_what_the_first_did_not_say():
    made = [
        spent(agent="a"),
        spent(agent="a", subagent_type="Plan", description="d", parent_agent_id="b"),
        spent(agent="a", subagent_type="Other"),
        spent(agent="b"),
    ]

    node = trees(made)["s1"].children[0]

    assert (node.node_id, node.label, node.subagent_type, node.description) == ("a", "Plan", "Plan", "d")


def test_an_agent_with_the_id_of_its_session_is_the_main_thread():
    assert outline(trees([spent(agent="s1")])["s1"]) == ["s1"]


def test_rows_join_sessions():
    made = [spent("s1"), spent("child"), spent("fork")]
    rows = [
        row("root", "s1"),
        row("subagent", "child", related_session_id="s1", agent_id="worker", subagent_type="Plan"),
        row("fork", "fork", related_session_id="s1"),
    ]

    found = trees(made, *rows)

    assert outline(found["s1"]) == ["s1", ["child"], ["fork"]]
    assert [(node.label, node.relationship_type) for node in found["s1"].children] == [
        ("Plan", "subagent"),
        ("fork", "fork"),
    ]


def test_a_native_session_keeps_its_agents_under_their_own_ids():
    made = [spent("s1"), spent("s1", agent="worker")]
    rows = [row("root", "s1"), row("subagent", "s1", related_session_id="s1", agent_id="worker", description="d")]

    found = trees(made, *rows)

    assert outline(found["s1"]) == ["s1", ["worker"]]
    assert found["s1"].children[0].description == "d"


def test_a_parent_that_is_only_named_keeps_its_id_as_label():
    found = trees([spent("s2")], row("continuation", "s2", related_session_id="s1"))

    assert [(node.node_id, node.label, node.relationship_type) for node in found.values()] == [("s1", "s1", "root")]


def test_a_chain_may_be_as_long_as_it_likes():
    length = 5000
    made = [spent(agent=f"a{index}", parent_agent_id=f"a{index - 1}" if index else "s1") for index in range(length)]

    for found in (trees(made), trees(made, row("root", "s1"))):
        assert found["s1"].cumulative_turns == length


def test_statistics_are_of_invocations():
    costs = [1, 2, 3, 4]
    made = [spent(agent=f"a{dollars}", subagent_type="Plan", usage=Usage(input=200_000 * dollars)) for dollars in costs]
    made += [spent("s2", agent="a1"), spent("s2", agent="a1", subagent_type="Plan"), spent()]

    stats = aggregate_subagent_type_stats(made, prices(), semantics=TS_1_10)

    # The median of 1, 2, 2, 3, 4 is 2; that of an even count would be the lower middle.
    found = [
        (one.invocations, one.turns, one.total_cost, one.median_cost, one.p95_cost, one.mean_cost) for one in stats
    ]
    assert found == [(5, 6, 12, 2, 4, 2.4)]


def test_context_tiers_show_in_the_tree():
    table = prices(claude_opus_x=entry(contextTiers=[entry(10, 37.5, 1, 12.5, contextTokens=100_000)]))

    found = [
        build_subagent_tree([spent()], table, semantics=semantics)["s1"].self_cost for semantics in (TS_1_10, CURRENT)
    ]

    assert found == [1, 2]


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(["root", "subagent", "fork", "continuation"]),
        SESSIONS,
        related_session_id=st.sampled_from(["s1", "s2", "s3", "elsewhere"]),
        agent_id=st.sampled_from(["a1", "a2", ""]),
    ),
    max_size=6,
)


@pytest.mark.properties
@given(turns(), ROWS)
def test_every_turn_is_spent_on_exactly_one_node(made: list[TurnRecord], rows: list[SessionRelationshipRecord]):
    roots = list(trees(made, *rows).values())
    nodes = [node for root in roots for node in below(root)]
    costs = [cost.total for one in made if (cost := cost_for_turn(one, prices(), semantics=TS_1_10))]

    assert sum(node.self_turns for node in nodes) == len(made) == sum(root.cumulative_turns for root in roots)
    assert sum(root.cumulative_cost for root in roots) == pytest.approx(sum(costs), abs=1e-12)
    assert len({node.node_id for node in nodes}) == len(nodes) or not rows
    for node in nodes:
        assert all(child.depth == node.depth + 1 for child in node.children)
        assert [child.cumulative_cost for child in node.children] == sorted(
            (child.cumulative_cost for child in node.children), reverse=True
        )


@pytest.mark.properties
@given(turns(), st.permutations(["s1", "s2", "s3"]))
def test_the_order_of_sessions_changes_only_the_order_of_trees(made: list[TurnRecord], order: list[str]):
    shuffled = [one for session in order for one in made if one.session_id == session]

    assert trees(shuffled) == trees(made)
    assert list(trees(shuffled)) == [session for session in order if any(one.session_id == session for one in made)]
