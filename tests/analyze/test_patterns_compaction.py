"""Compaction losses: the cache and the work that went (patterns.md 9)."""

from __future__ import annotations

import pytest

from relayburn.analyze.patterns.detect import detect_patterns
from relayburn.pricing.table import table_from_wire
from relayburn.records import UNSET, Usage
from relayburn.semantics import CURRENT, TS_1_10
from tests.analyze.waste_records import call, compaction, evidence, turn, turns


def losses(records, *events, **values):
    return detect_patterns(evidence(records, compactions=list(events), **values)).results["compaction-loss"]


def lost_work(records, *events):
    return [loss.lost_work for loss in losses(records, *events, content_by_session={"s": []})]


def at(minute):
    return compaction(f"2026-06-15T09:{minute:02}:00.000Z")


def test_the_lost_cache_is_priced_at_the_preceding_turn_s_model():
    (loss,) = losses([turn()], compaction(preceding_message_id="s-0", tokens_before_compact=2_000_000))
    assert (loss.tokens_before_compact, loss.cache_lost_cost) == (2_000_000, 1.0)


@pytest.mark.parametrize(
    "values",
    [
        {"tokens_before_compact": 5},
        {"preceding_message_id": "", "tokens_before_compact": 5},
        {"preceding_message_id": "unknown", "tokens_before_compact": 5},
        {"preceding_message_id": "s-0", "tokens_before_compact": 0},
        {"preceding_message_id": "s-0"},
        {"preceding_message_id": "s-1", "tokens_before_compact": 5},
    ],
)
def test_a_loss_without_tokens_turn_or_price_costs_nothing(values):
    assert losses([turn(), turn(index=1, model="unpriced")], compaction(**values))[0].cache_lost_cost == 0


def test_the_last_turn_of_a_message_over_all_sessions_gives_the_price():
    records = [turn(message_id="x"), turn(session="other", message_id="x", model="cheap")]
    (loss,) = losses(records, compaction(preceding_message_id="x", tokens_before_compact=1_000_000))
    assert loss.cache_lost_cost == 0.125


def test_a_long_context_loses_at_its_own_tier_where_tiers_hold():
    tier = {"contextTokens": 1000, "input": 2, "output": 4, "cacheRead": 3, "cacheWrite": 2}
    rates = {"input": 1, "output": 2, "cacheRead": 0.5, "cacheWrite": 1}
    table = table_from_wire({"m": rates | {"contextTiers": [tier]}})
    event = compaction(preceding_message_id="s-0", tokens_before_compact=1_000_000)
    records = [turn(usage=Usage(cache_read=1001))]
    assert losses(records, event, table=table, semantics=TS_1_10)[0].cache_lost_cost == 0.5
    assert losses(records, event, table=table, semantics=CURRENT)[0].cache_lost_cost == 3


def test_a_compaction_needs_no_turns_and_sessions_come_as_first_seen():
    events = [compaction("2", session_id="b"), compaction("1", session_id="a"), compaction("1", session_id="b")]
    assert [(loss.session_id, loss.ts) for loss in losses([], *events)] == [("b", "1"), ("b", "2"), ("a", "1")]


def test_lost_work_counts_normalised_tools_failed_ones_too():
    calls = [
        call("shell"),
        call("Bash", is_error=True),
        call("MultiEdit", "/z"),
        call("apply_patch", "/Z"),
        call("Write", ""),
        call("view_image"),
        call("NotebookRead"),
        call("Grep"),
    ]
    (work,) = lost_work([turn(*calls)], at(5))
    assert (work.bash_count, work.edit_count, work.read_count) == (2, 3, 2)
    assert work.files == ["/Z", "/z"]  # by code unit: upper case first


def test_a_window_reaches_from_after_the_last_boundary_up_to_this_one():
    records = turns(*[call()] * 4)
    assert [work.bash_count for work in lost_work(records, at(2), at(1))] == [2, 1]
    assert [work.bash_count for work in lost_work(records, at(1), at(1))] == [2, 0]


def test_lost_work_is_known_only_where_content_was_asked_for():
    assert losses(turns(call()), at(5))[0].lost_work is UNSET
    assert losses(turns(call()), at(5), content_by_session={"other": []})[0].lost_work is UNSET
    assert losses(turns(call()), at(5), content_by_session={"s": []})[0].lost_work is not UNSET
