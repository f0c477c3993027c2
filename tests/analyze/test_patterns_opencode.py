"""What OpenCode's skills and its system prompt cost (patterns.md 10)."""

from __future__ import annotations

import pytest

from relayburn.analyze.patterns.detect import detect_patterns
from relayburn.records import Usage
from tests.analyze.waste_records import call, evidence, turn, user_turn


def skill(name="pdf"):
    return call("skill", skill_name=name)


def opencode(*turns_calls, cached=(), **values):
    """Turns of one OpenCode session; those whose index is in `cached` read from cache."""
    return [
        turn(
            *calls,
            index=index,
            source="opencode",
            usage=Usage(input=1_000_000, cache_read=int(index in cached), cache_create_5m=60, cache_create_1h=40),
            **values,
        )
        for index, calls in enumerate(turns_calls)
    ]


def found(kind, records, **values):
    return list(detect_patterns(evidence(records, **values)).results[kind])


def test_a_skill_called_twice_is_a_duplicate():
    assert found("skill-recall-dup", opencode([skill()], [skill("other")])) == []
    (dup,) = found("skill-recall-dup", opencode([skill()], [skill("other")], [skill()]))
    assert (dup.skill_name, dup.call_count, dup.first_turn_index, dup.last_turn_index) == ("pdf", 2, 0, 2)


def test_a_turn_that_calls_a_skill_twice_is_paid_once_as_a_duplicate():
    (dup,) = found("skill-recall-dup", opencode([skill(), skill()]))
    assert dup.cost == pytest.approx(1.0001)


@pytest.mark.parametrize("no_skill", [skill(""), call("skill"), call("Skill", skill_name="pdf")])
def test_only_named_calls_of_the_tool_skill_count(no_skill):
    assert found("skill-recall-dup", opencode([no_skill], [no_skill])) == []


def test_other_harnesses_have_no_skills_to_prune():
    records = opencode([skill()], [skill()], [], cached={1, 2})
    claude = [turn(index=-1), *records]
    assert found("skill-recall-dup", claude) == []
    assert found("skill-pruning-protection", claude) == []


def test_every_call_of_a_skill_rides_in_the_later_turns_that_read_the_cache():
    rows = found("skill-pruning-protection", opencode([skill()], [], [skill()], [], cached={0, 1, 3}))
    assert [(row.invoked_turn_index, row.riding_turns, row.last_cached_turn_index) for row in rows] == [
        (0, 2, 3),
        (2, 1, 3),
    ]
    assert [row.cost for row in rows] == pytest.approx([3.0003, 2.0002], abs=1e-5)


def test_turns_of_the_calls_own_index_do_not_ride():
    records = opencode([skill()], [], cached={1})
    records[1].turn_index = 0
    assert found("skill-pruning-protection", records) == []


def tax(*blocks, cached=(1,), written=100):
    records = opencode([], [], cached=cached)
    records[0].usage.cache_create_5m, records[0].usage.cache_create_1h = written, 0
    return found("system-prompt-tax", records, user_turns_by_session={"s": [user_turn(*blocks), user_turn(9)]})


def test_the_tax_is_what_the_first_prompt_holds_beyond_the_user_s_words():
    (row,) = tax(10, 20)
    assert (row.first_turn_cache_create, row.first_user_message_tokens) == (100, 30)
    assert (row.estimated_system_prompt_tokens, row.riding_turns) == (70, 1)
    assert row.total_cost == pytest.approx(1.0001, abs=1e-5)


@pytest.mark.parametrize(("asked", "rows"), [(0, 0), (99, 1), (100, 0), (101, 0)])
def test_the_estimate_must_be_above_nothing(asked, rows):
    assert len(tax(asked)) == rows


def test_without_a_riding_turn_or_a_written_cache_there_is_no_tax():
    assert tax(10, cached=()) == []
    assert tax(10, cached=(0,)) == []
    assert tax(10, written=0) == []


def test_a_session_without_user_turns_has_no_tax():
    assert found("system-prompt-tax", opencode([], [], cached={1}), user_turns_by_session={"s": []}) == []
    assert found("system-prompt-tax", opencode([], [], cached={1})) == []
