"""Retry loops, failure runs and cancellation runs, told by the calls' marks or by events (patterns.md 4-7)."""

from __future__ import annotations

import pytest

from relayburn.analyze.patterns.detect import detect_patterns
from relayburn.records import UNSET
from tests.analyze.waste_records import call, event, evidence, failed, result, turn, turns


def found(kind, records, **values):
    return list(detect_patterns(evidence(records, **values)).results[kind])


def three_failures(**values):
    return turns(*(failed(tool_id=f"t{number}", **values) for number in range(3)))


def errors(*ids, status="errored", **values):
    return [event(tool_id, status, index, **values) for index, tool_id in enumerate(ids)]


@pytest.mark.parametrize(("attempts", "loops"), [(2, 0), (3, 1), (4, 1)])
def test_three_equal_failures_in_a_row_are_a_retry_loop(attempts, loops):
    assert [loop.attempts for loop in found("retry-loop", turns(*[failed()] * attempts))] == [attempts] * loops


@pytest.mark.parametrize(
    "breaker", [call(), failed(args="b"), failed("Read"), call(is_error=False)], ids=["ok", "args", "tool", "false"]
)
def test_anything_else_between_ends_a_retry_loop(breaker):
    assert found("retry-loop", turns(failed(), failed(), breaker, failed(), failed())) == []


def test_a_loop_tells_the_first_call_s_target_and_both_ends():
    loop = found("retry-loop", turns(call(), failed(target="one"), failed(target="two"), failed(target="three")))[0]
    assert (loop.tool, loop.target, loop.start_turn_index, loop.end_turn_index) == ("Bash", "one", 1, 3)


def test_a_turn_with_several_failures_is_paid_once():
    assert [loop.cost for loop in found("retry-loop", [turn(failed(), failed(), failed())])] == [1]


def test_a_message_that_occurs_twice_is_paid_once():
    records = [turn(failed(), index=index, message_id="same") for index in range(3)]
    assert [loop.cost for loop in found("retry-loop", records)] == [1]


def test_turns_are_sorted_by_index_before_streaks_are_sought():
    first, *later = turns(failed(), failed(), failed(), call())
    assert len(found("retry-loop", [*reversed(later), first])) == 1


def test_an_empty_args_hash_is_a_key_for_marks_but_not_for_events():
    records = three_failures(args="")
    assert len(found("retry-loop", records)) == 1
    assert found("retry-loop", records, tool_result_events=errors("t0", "t1", "t2")) == []


@pytest.mark.parametrize(("length", "runs"), [(2, 0), (3, 1)])
def test_three_different_failures_in_a_row_are_a_failure_run(length, runs):
    records = turns(*(failed(args=str(number)) for number in range(length)))
    assert [run.length for run in found("failure-run", records)] == [length] * runs


def test_one_call_failing_over_and_over_is_a_retry_loop_alone():
    assert found("failure-run", turns(*[failed()] * 5)) == []


def test_a_loop_and_one_failure_more_are_both_a_loop_and_a_run():
    records = turns(failed(), failed(), failed(), failed("Read"))
    assert [loop.attempts for loop in found("retry-loop", records)] == [3]
    assert [(run.length, run.tools_involved) for run in found("failure-run", records)] == [(4, ["Bash", "Read"])]


@pytest.mark.parametrize(
    ("source", "runs"), [("tool_result", 0), ("function_call_output", 1), ("subagent_notification", 1)]
)
def test_equal_failures_are_a_run_when_another_event_than_a_tool_result_tells_them(source, runs):
    events = errors("t0", "t1", "t2", event_source=source)
    assert len(found("failure-run", three_failures(), tool_result_events=events)) == runs
    assert len(found("retry-loop", three_failures(), tool_result_events=events)) == 1


def test_one_event_of_any_status_switches_the_calls_marks_off():
    assert len(found("retry-loop", three_failures())) == 1
    assert found("retry-loop", three_failures(), tool_result_events=[event("t0", "running")]) == []


def test_events_of_another_session_switch_nothing_off():
    elsewhere = event("t0", "completed", session_id="other")
    assert len(found("retry-loop", three_failures(), tool_result_events=[elsewhere])) == 1


def test_a_running_call_neither_joins_nor_breaks_a_streak():
    records = turns(*(call(tool_id=f"t{number}") for number in range(4)))
    events = errors("t0", "t1", "t2", "t3")
    running = [*events[:1], event("t1", "running", 1), *events[2:]]
    assert [loop.attempts for loop in found("retry-loop", records, tool_result_events=running)] == [3]


@pytest.mark.parametrize("status", ["completed", "unknown", "cancelled"])
def test_every_other_status_breaks_loops_and_runs(status):
    records = turns(*(call(tool_id=f"t{number}", args="ab"[number % 2]) for number in range(5)))
    events = errors("t0", "t1", "t2", "t3", "t4")
    events[2] = event("t2", status, 2)
    assert found("failure-run", records, tool_result_events=events) == []
    assert found("retry-loop", turns(*[call(tool_id="t")] * 5), tool_result_events=events) == []


def test_the_last_event_of_a_call_decides():
    events = [*errors("t0", "t1", "t2"), event("t1", "completed", 9)]
    assert found("retry-loop", three_failures(), tool_result_events=events) == []


@pytest.mark.parametrize(
    ("ids", "attempts"), [(("a", "B", "c", "D"), [3]), (("D", "a", "B", "c"), [3])], ids=["as is", "shuffled"]
)
def test_equal_event_indexes_are_told_apart_in_locale_order(ids, attempts):
    # Lower case before upper case of one letter, not all upper case first: a B c D, with D going well.
    records = turns(*(call(tool_id=tool_id) for tool_id in ids))
    events = [event(tool_id, "completed" if tool_id == "D" else "errored", 7) for tool_id in ids]
    assert [loop.attempts for loop in found("retry-loop", records, tool_result_events=events)] == attempts


def test_a_code_point_order_of_ids_would_break_the_streak():
    records = turns(*(call(tool_id=tool_id) for tool_id in ("a", "B", "c")), call(tool_id="C"))
    events = [event(tool_id, "errored", 7) for tool_id in ("a", "B", "c")] + [event("C", "completed", 7)]
    assert len(found("retry-loop", records, tool_result_events=events)) == 1


def test_an_event_without_time_comes_before_one_with_a_time():
    records = turns(*(call(tool_id=f"t{number}") for number in range(4)))
    events = [event(f"t{number}", "errored", 0, ts="2026-06-15T09:00:00Z") for number in range(3)]
    assert len(found("retry-loop", records, tool_result_events=[*events, event("t3", "completed", 0)])) == 1


def test_a_call_id_used_twice_belongs_to_the_later_turn():
    records = turns(call(tool_id="t0"), call(tool_id="t1"), call(tool_id="t2"), call("Read", tool_id="t2"))
    assert found("retry-loop", records, tool_result_events=errors("t0", "t1", "t2")) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("subagent_notification", "Subagent"),
        ("function_call_output", "FunctionCall"),
        ("queue_event", "QueueEvent"),
        ("progress_event", "ProgressEvent"),
        ("tool_result", "Tool"),
    ],
)
def test_a_tool_whose_call_is_unknown_is_named_by_its_event(source, name):
    events = errors("x", "y", "z", event_source=source)
    assert found("retry-loop", [turn()], tool_result_events=events) == []
    (run,) = found("failure-run", [turn()], tool_result_events=events)
    assert (run.tools_involved, run.event_source) == ([name], source)


def test_events_without_a_place_cost_nothing_and_count_by_their_own_index():
    (run,) = found("failure-run", [turn()], tool_result_events=errors("x", "y", "z"))
    assert (run.start_turn_index, run.end_turn_index, run.cost) == (0, 2, 0)


@pytest.mark.parametrize(
    ("values", "index"),
    [
        ({"message_id": "s-2"}, 2),
        ({"message_id": "s-2", "ts": "2026-06-15T09:01:30Z"}, 2),
        ({"ts": "2026-06-15T09:01:30Z"}, 1),
        ({"ts": "2026-06-15T09:01:00.000Z"}, 1),
        ({"ts": "2026-06-15T08:00:00Z"}, 0),
        ({"ts": "2026-06-15T09:10:00Z"}, 2),
        ({"message_id": "", "ts": "2026-06-15T09:10:00Z"}, 2),
        ({"message_id": "unknown"}, 7),
    ],
)
def test_an_event_without_a_call_belongs_to_its_message_else_to_the_last_turn_before_it(values, index):
    (run,) = found("cancellation-run", turns(*[call()] * 3), tool_result_events=[event("x", "cancelled", 7, **values)])
    assert run.start_turn_index == index


def test_the_search_by_time_ends_at_the_first_later_turn():
    clock = ["09:00:00", "09:05:00", "09:00:10"]
    records = [turn(index=index, ts=f"2026-06-15T{time}Z") for index, time in enumerate(clock)]
    events = [event("x", "cancelled", 9, ts="2026-06-15T09:00:30Z")]
    assert [run.start_turn_index for run in found("cancellation-run", records, tool_result_events=events)] == [0]


def test_one_cancelled_call_is_a_run_and_any_other_end_closes_it():
    records = turns(*(call(tool_id=f"t{number}") for number in range(4)))
    events = errors("t0", "t1", "t2", "t3", status="cancelled")
    events[2] = event("t2", "errored", 2)
    assert [run.length for run in found("cancellation-run", records, tool_result_events=events)] == [2, 1]


def test_sources_that_differ_are_mixed():
    events = errors("t0", "t1", "t2", status="cancelled")
    events[1] = event("t1", "cancelled", 1, event_source="progress_event")
    (run,) = found("cancellation-run", three_failures(), tool_result_events=events)
    assert run.event_source == "mixed"


def test_marks_have_no_event_source():
    assert found("retry-loop", three_failures())[0].event_source is UNSET


def signatures(*contents):
    content = {"s": [result(f"t{number}", text) for number, text in enumerate(contents) if text is not None]}
    return found("retry-loop", three_failures(), content_by_session=content)[0].error_signature


def test_a_loop_shows_the_signature_that_its_failures_share():
    assert signatures("boom\nmore", "  boom", "\n\nboom ") == "boom"


def test_a_loop_says_when_signatures_diverge():
    assert signatures("boom", "boom", "bang") == "boom (signatures diverged)"


def test_failures_without_a_result_are_passed_over():
    assert signatures(None, "boom", "") == "boom"
    assert signatures("", None, "\n") is UNSET


def test_a_run_shows_the_first_usable_line_of_each_tool_in_that_order():
    records = turns(failed(tool_id="t0"), failed("Read", tool_id="t1"), failed(tool_id="t2"), failed(tool_id="t3"))
    content = {"s": [result("t1", "no file"), result("t2", "boom"), result("t3", "later")]}
    (run,) = found("failure-run", records, content_by_session=content)
    assert run.error_signatures is not UNSET
    assert [(one.tool, one.first_line) for one in run.error_signatures] == [("Read", "no file"), ("Bash", "boom")]
