"""Laws of the detectors: calls count once, sessions do not mix, and what is fast answers like what is plain."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.findings import sort_findings
from relayburn.analyze.patterns.detect import detect_patterns
from relayburn.analyze.sessions import turns_by_session
from relayburn.analyze.tool_call_patterns import CLUSTER_WINDOW, detect_tool_call_patterns
from relayburn.analyze.tool_output_bloat import detect_observed_bloat
from relayburn.analyze.waste import find_waste
from relayburn.records import UNSET, to_wire
from relayburn.semantics import CURRENT, TS_1_10
from tests.analyze.waste_records import (
    TABLE,
    call,
    compaction,
    event,
    events_of,
    evidence,
    named,
    sessions,
    turn,
    turns,
    user_turn,
)

pytestmark = pytest.mark.properties
SEMANTICS = st.sampled_from([TS_1_10, CURRENT])
STREAK_KINDS = ("retry-loop", "failure-run", "cancellation-run")


@st.composite
def logs(draw, **options):
    """Evidence of several sessions: with events for some, and a compaction, content and user turns for all."""
    records = [record for session in draw(sessions(**options)) for record in session]
    with_events = draw(st.sets(st.sampled_from(sorted({record.session_id for record in records}))))
    ids = dict.fromkeys(record.session_id for record in records)
    return evidence(
        records,
        semantics=draw(SEMANTICS),
        tool_result_events=draw(events_of([one for one in records if one.session_id in with_events])),
        compactions=[
            compaction(session_id=name, preceding_message_id=f"{name}-0", tokens_before_compact=9) for name in ids
        ],
        content_by_session={name: [] for name in ids},
        user_turns_by_session={name: [user_turn(5, session=name)] for name in ids},
    )


def wire_by_session(findings):
    by_session = {}
    for finding in findings:
        by_session.setdefault(finding.session_id, []).append(to_wire(finding))
    return by_session


@given(logs(calls_a_turn=1))
def test_no_call_is_in_two_streaks_of_one_kind(log):
    patterns = detect_patterns(log)
    for kind in STREAK_KINDS:
        ends = {}
        for streak in patterns.results[kind]:
            # Where a session has events these may order its calls anew, so only those without are compared by turn.
            if any(one.session_id == streak.session_id for one in log.tool_result_events):
                continue
            assert streak.start_turn_index > ends.get(streak.session_id, -1)
            ends[streak.session_id] = streak.end_turn_index


@given(logs())
def test_streaks_hold_no_more_calls_than_failed(log):
    patterns = detect_patterns(log)
    calls = Counter(one.session_id for one in log.turns for _ in one.tool_calls)
    for kind, length in (("retry-loop", "attempts"), ("failure-run", "length"), ("cancellation-run", "length")):
        held = Counter()
        for streak in patterns.results[kind]:
            held[streak.session_id] += getattr(streak, length)
        assert all(count <= calls[session] for session, count in held.items())


@given(logs(calls_a_turn=1))
def test_no_edit_is_in_two_reverts(log):
    seen = set()
    for revert in detect_patterns(log).results["edit-revert"]:
        for index in {revert.first_edit_turn_index, revert.revert_turn_index}:
            assert (revert.session_id, index) not in seen
            seen.add((revert.session_id, index))


@given(logs())
def test_no_command_is_in_two_tool_call_patterns_and_no_output_in_two_buckets(log):
    commands = Counter(one.session_id for one in log.turns for made in one.tool_calls if made.name in ("Bash", "shell"))
    held = Counter()
    for pattern in detect_tool_call_patterns(turns_by_session(log.turns).values(), TABLE):
        if pattern.category.startswith("bash-"):
            held[pattern.session_id] += pattern.occurrence_count
    assert all(count <= commands[session] for session, count in held.items())
    sized = [
        event(one.tool_use_id, one.status, session_id=one.session_id, content_length=4)
        for one in log.tool_result_events
    ]
    buckets = detect_observed_bloat(sized, [], log.turns, TABLE, threshold=0)
    assert sum(bucket.occurrence_count for bucket in buckets) == len(sized)


@given(logs(), sessions(most=1))
def test_an_unrelated_session_changes_nothing_for_the_others(log, stranger):
    renamed = [turn(*one.tool_calls, session="stranger", index=one.turn_index) for one in stranger[0]]
    more = replace(log, turns=[*renamed, *log.turns])
    before, after = wire_by_session(find_waste(log)), wire_by_session(find_waste(more))
    assert {name: found for name, found in after.items() if name != "stranger"} == before


@given(logs())
def test_without_failing_results_nothing_fails(log):
    well = [
        turn(
            *(named(one, one.id) for one in record.tool_calls),
            session=record.session_id,
            index=record.turn_index,
        )
        for record in log.turns
    ]
    for record in well:
        for made in record.tool_calls:
            made.is_error = UNSET
    events = [one for one in log.tool_result_events if one.status != "errored"]
    patterns = detect_patterns(replace(log, turns=well, tool_result_events=events))
    assert patterns.results["retry-loop"] == patterns.results["failure-run"] == []


@given(logs(), st.randoms(use_true_random=False))
def test_the_order_of_sessions_and_of_their_turns_decides_the_order_of_findings_alone(log, random):
    records, events = list(log.turns), list(log.tool_result_events)
    random.shuffle(records)
    random.shuffle(events)
    shuffled = find_waste(replace(log, turns=records, tool_result_events=events))
    straight = find_waste(log)
    assert Counter(map(repr, shuffled)) == Counter(map(repr, straight))
    assert sort_findings(shuffled) == shuffled


@given(logs())
def test_the_input_is_not_changed(log):
    before = to_wire([*log.turns, *log.tool_result_events, *log.compactions])
    find_waste(log)
    assert to_wire([*log.turns, *log.tool_result_events, *log.compactions]) == before


@given(logs())
def test_summaries_agree_with_the_lists(log):
    patterns = detect_patterns(log)
    for kind, found in patterns.results.items():
        assert sum(summary.counts[kind] for summary in patterns.session_summaries) == len(found)
    totals = [summary.total_cost for summary in patterns.session_summaries]
    assert totals == sorted(totals, reverse=True)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(0, 6))
def test_an_event_finds_the_turn_that_a_walk_would_find(clock, asked):
    records = [turn(index=index, ts=str(time)) for index, time in enumerate(clock)]
    found = detect_patterns(evidence(records, tool_result_events=[event("x", "cancelled", 99, ts=str(asked))]))
    assert found.results["cancellation-run"][0].start_turn_index == walk(clock, asked)


def walk(clock, asked):
    """The rule as it is written: remember while not later, stop at the first later one."""
    remembered = None
    for index, time in enumerate(clock):
        if time > asked:
            return index if remembered is None else remembered
        remembered = index
    return remembered


@given(st.lists(st.integers(0, 15), max_size=10))
def test_a_cluster_is_the_first_longest_of_all_windows(indexes):
    records = [turn(call("Edit", "/a"), index=index, message_id=str(place)) for place, index in enumerate(indexes)]
    ordered = sorted(indexes)
    windows = [
        [one for one in ordered[start:] if one - ordered[start] < CLUSTER_WINDOW] for start in range(len(ordered))
    ]
    best = max(windows, key=len, default=[])
    found = detect_tool_call_patterns(turns_by_session(records).values(), TABLE)
    assert [pattern.occurrence_count for pattern in found] == ([len(best)] if len(best) >= 3 else [])
    assert [pattern.sample_turn_indexes for pattern in found] == ([best[:5]] if len(best) >= 3 else [])


@given(logs())
def test_a_skill_pays_for_its_turn_and_every_one_that_carries_it(log):
    by_session = turns_by_session(log.turns)
    prices = log.prices
    for row in detect_patterns(log).results["skill-pruning-protection"]:
        records = by_session[row.session_id]
        riding = [one for one in records if one.turn_index > row.invoked_turn_index and one.usage.cache_read > 0]
        invoked = next(one for one in records if one.turn_index == row.invoked_turn_index)
        assert row.riding_turns == len(riding)
        assert row.cost == pytest.approx(prices.cost(invoked) + sum(map(prices.cost, riding)), abs=1e-12)


@given(st.lists(st.integers(0, 6), max_size=8), st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_windows_of_compactions_hold_the_turns_between_them(clock, boundaries):
    records = [turn(call("Bash"), index=index, ts=str(time)) for index, time in enumerate(clock)]
    events = [compaction(str(time)) for time in boundaries]
    log = evidence(records, compactions=events, content_by_session={"s": []})
    found = [loss.lost_work for loss in detect_patterns(log).results["compaction-loss"]]
    ordered = sorted(boundaries)
    starts = [-1, *ordered]
    assert [work.bash_count for work in found] == [
        sum(start < time <= end for time in clock) for start, end in zip(starts, ordered, strict=False)
    ]


def test_one_long_session_is_no_slower_a_turn_than_many_short_ones():
    # Not a measure of time: a quadratic pass over 20 000 turns would not come back.
    records = turns(
        *(call("skill", skill_name="k", tool_id=str(number)) for number in range(20_000)), source="opencode"
    )
    for record in records:
        record.usage.cache_read = 1
    events = [event(f"x{number}", "errored", number, ts="9") for number in range(20_000)]
    found = find_waste(
        evidence(records, tool_result_events=events, compactions=[compaction(str(one)) for one in range(99)])
    )
    assert len(found) > 20_000
