"""Session summaries and the table of pattern detectors (patterns.md 2 and 12)."""

from __future__ import annotations

from dataclasses import fields, replace

from relayburn.analyze.patterns.detect import detect_patterns, findings_from_patterns
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.patterns.table import PATTERN_DETECTORS
from relayburn.records import Usage
from tests.analyze.waste_records import call, compaction, edit, event, evidence, failed, turn, turns, user_turn


def everything():
    """Sessions in which every detector finds something."""
    skill = call("skill", skill_name="pdf")
    opencode = [
        turn(skill, session="o", index=index, source="opencode", usage=Usage(cache_read=index, cache_create_5m=90))
        for index in range(2)
    ]
    claude = turns(*[failed()] * 3, failed("Read"), edit("/a", "A", "B"), edit("/a", "B", "A"), *[edit("/b")] * 3)
    cancelled = turns(call(tool_id="t0"), session="e")
    return evidence(
        [*opencode, *claude, *cancelled],
        user_turns_by_session={"o": [user_turn(7, session="o")]},
        tool_result_events=[event("t0", "cancelled", session_id="e")],
        compactions=[compaction(session_id="c")],
    )


def test_every_row_of_the_table_finds_something_and_says_so_under_its_name():
    patterns = detect_patterns(everything())
    assert all(patterns.results[row.kind] for row in PATTERN_DETECTORS)
    for row in PATTERN_DETECTORS:
        assert {type(one) for one in patterns.results[row.kind]} == {row.record}
        assert {row.finding(one).kind for one in patterns.results[row.kind]} == {row.kind}


def test_rows_name_inputs_that_exist():
    names = {field.name for field in fields(Evidence)}
    assert all(set(row.inputs) <= names for row in PATTERN_DETECTORS)


def test_a_detector_reads_nothing_but_the_inputs_it_names():
    whole = everything()
    for row in PATTERN_DETECTORS:
        part = Evidence(
            turns=whole.turns,
            table=whole.table,
            semantics=whole.semantics,
            **{name: getattr(whole, name) for name in row.inputs},
        )
        assert row.detect(part) == row.detect(whole)


def test_findings_that_cost_the_same_stand_in_an_order_of_their_own():
    results = detect_patterns(replace(everything(), table={})).results
    assert list(dict.fromkeys(finding.kind for finding in findings_from_patterns(results))) == [
        "retry-loop",
        "failure-run",
        "cancellation-run",
        "compaction-loss",
        "edit-revert",
        "edit-heavy",
        "skill-recall-dup",
        "skill-pruning-protection",
        "system-prompt-tax",
    ]


def test_a_summary_counts_and_adds_but_edits_add_no_cost():
    summary = next(row for row in detect_patterns(everything()).session_summaries if row.session_id == "s")
    wire = summary.to_wire()
    assert (wire["retryLoopCount"], wire["failureRunCount"], wire["editRevertCount"], wire["editHeavyCount"]) == (
        1,
        1,
        1,
        1,
    )
    assert (wire["totalRetries"], wire["consecutiveFailureMax"]) == (3, 4)
    assert wire["totalPatternCost"] == 3 + 4 + 2


def test_retries_add_up_and_the_longest_failure_run_stands():
    calls = [*[failed()] * 3, call(), *[failed(args=str(number)) for number in range(5)], call(), *[failed()] * 4]
    (summary,) = detect_patterns(evidence(turns(*calls, failed("Read")))).session_summaries
    assert (summary.total_retries, summary.longest_failure_run) == (7, 5)


def test_summaries_are_ranked_by_cost_and_ties_stand_as_first_found():
    records = [
        *turns(*(failed(args=str(number)) for number in range(3)), session="run"),
        *turns(*[failed()] * 3, session="loop"),
        *turns(*[failed()] * 4, session="dear"),
    ]
    # Loops are listed before runs, so among equals the session with the loop comes first.
    assert [row.session_id for row in detect_patterns(evidence(records)).session_summaries] == ["dear", "loop", "run"]


def test_a_quiet_session_has_no_summary():
    assert detect_patterns(evidence(turns(call()))).session_summaries == []


def test_an_infinite_ratio_is_null_on_the_wire():
    wire = detect_patterns(evidence([turn(*[edit("/a")] * 5)])).to_wire()
    assert wire["editHeavySessions"][0]["ratio"] is None
