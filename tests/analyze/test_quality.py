"""How a session is judged to have ended, and when an edit counts as right at once."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.quality import (
    GIVE_UP_PHRASES,
    OUTCOME_RULES,
    SessionOutcome,
    compute_quality,
    infer_outcome,
    one_shot_metrics,
)
from relayburn.records import UNSET, ContentRecord, Subagent, ToolCall, TurnRecord, Usage, to_wire
from relayburn.semantics import CURRENT, TS_1_10, Semantics

NOW_MS = 1_780_315_200_000
LONG_AGO = "2026-05-01T00:00:00.000Z"


def turn(
    stop: Any = "end_turn", ts: Any = LONG_AGO, calls: str = "", session: str = "s", index: int = 0, **values: Any
) -> TurnRecord:
    """A turn with one tool call per letter of `calls`: `x` failed, any other did not."""
    return TurnRecord(
        source="claude-code",
        session_id=session,
        message_id=f"m{index}",
        turn_index=index,
        ts=ts,
        model="",
        usage=Usage(),
        stop_reason=stop,
        tool_calls=[
            ToolCall(id="t", name="Bash", args_hash="", is_error=True if call == "x" else UNSET) for call in calls
        ],
        **values,
    )


def session(*last: TurnRecord, length: int = 5) -> list[TurnRecord]:
    """A session of `length` turns that ends with `last`."""
    return [turn(calls="."), *[turn(calls=".")] * (length - 1 - len(last)), *last]


def said(text: Any, role: str = "assistant", kind: str = "text") -> ContentRecord:
    return ContentRecord(source="claude-code", session_id="s", message_id="m", ts="", role=role, kind=kind, text=text)


def judged(
    turns: list[TurnRecord], *content: ContentRecord, semantics: Semantics = TS_1_10, now_ms: float = NOW_MS
) -> SessionOutcome:
    return infer_outcome("s", turns, now_ms=now_ms, content=content, semantics=semantics)


def verdict(outcome: SessionOutcome) -> str:
    return f"{outcome.outcome} {outcome.confidence} {outcome.reason}"


def test_a_session_without_turns_is_empty():
    assert verdict(judged([])) == "unknown low empty"


@pytest.mark.parametrize("length", [1, 2])
def test_a_short_session_that_the_assistant_ended_is_a_single_exchange(length: int):
    assert verdict(judged([turn()] * length)) == "completed medium single-exchange"


@pytest.mark.parametrize("stop", ["tool_use", UNSET])
def test_a_short_session_that_ended_otherwise_is_too_short_to_tell(stop: object):
    assert verdict(judged([turn(), turn(stop)])) == "unknown low too-short"


def test_a_session_of_the_last_ten_minutes_may_still_go_on():
    assert verdict(judged(session(turn(ts="2026-06-01T11:50:00.001Z")))) == "unknown low recent"
    assert verdict(judged(session(turn(ts="2026-06-01T11:50:00.000Z")))) == "completed medium assistant-ended"


def test_a_session_of_the_future_is_recent():
    assert judged(session(turn(ts="2027-01-01"))).is_recent


def test_a_single_exchange_says_whether_it_is_recent():
    assert judged([turn(ts="2026-06-01T12:00:00Z")]).is_recent


@pytest.mark.parametrize("ts", ["", "soon", "1780315200000", "2026-06-01T12:00:00+02", None, 1780315200000, UNSET])
def test_an_unreadable_time_is_not_recent(ts: object):
    assert not judged(session(turn(ts=ts))).is_recent


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch):
    """The process's clocks show Tokyo's time."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("tokyo")
def test_a_time_without_zone_is_utc_wherever_we_are():
    assert judged(session(turn(ts="2026-06-01T11:55:00"))).is_recent
    assert not judged(session(turn(ts="2026-06-01T11:45:00"))).is_recent


def test_a_session_left_while_the_assistant_was_at_work_is_abandoned():
    assert verdict(judged(session(turn("tool_use"), length=9))) == "abandoned medium user-ended"
    assert verdict(judged(session(turn("tool_use"), length=10))) == "abandoned high user-ended-long"


@pytest.mark.parametrize("stop", ["tool_use", "stop", "tool-calls", "max_tokens", "", "END_TURN", "end-turn", None, 1])
def test_to_the_reference_anything_but_end_turn_is_the_user_leaving(stop: object):
    assert verdict(judged(session(turn(stop)))) == "abandoned medium user-ended"


@pytest.mark.parametrize("stop", ["end_turn", "end-turn", "stop", "END_TURN", " End_Turn "])
def test_under_current_every_spelling_of_a_finished_turn_is_the_assistant_ending(stop: str):
    assert verdict(judged(session(turn(stop)), semantics=CURRENT)) == "completed medium assistant-ended"


@pytest.mark.parametrize("stop", ["tool-use", "tool_use", "max-tokens", "silent", "", "whatever", 1])
def test_under_current_any_other_stop_reason_is_the_user_leaving(stop: object):
    assert verdict(judged(session(turn(stop)), semantics=CURRENT)) == "abandoned medium user-ended"


def test_under_current_a_null_stop_reason_is_an_absent_one():
    assert verdict(judged(session(turn(None)), semantics=CURRENT)) == "completed low unknown-ending"


@pytest.mark.parametrize("stop", ["end_turn", UNSET])
def test_three_failed_calls_at_the_end_are_an_error(stop: object):
    assert verdict(judged(session(turn(calls="x"), turn(stop, calls="xx")))) == "errored medium failure-streak"


@pytest.mark.parametrize("calls", [("xx",), ("xxx", ""), ("xxx", "."), ("x.x", "xx")])
def test_a_turn_without_calls_or_with_a_good_one_ends_the_streak(calls: tuple[str, ...]):
    assert verdict(judged(session(*(turn(calls=each) for each in calls)))) == "completed medium assistant-ended"


def test_leaving_weighs_more_than_failing():
    assert verdict(judged(session(turn("tool_use", calls="xxxx")))) == "abandoned medium user-ended"


def test_a_session_without_stop_reason_is_taken_for_completed():
    assert verdict(judged(session(turn(UNSET)), said("I cannot proceed"))) == "completed low unknown-ending"


@pytest.mark.parametrize("phrase", GIVE_UP_PHRASES)
def test_a_session_whose_last_words_give_up_is_completed_with_low_confidence(phrase: str):
    assert verdict(judged(session(turn()), said(f"Sorry, {phrase.upper()} it."))) == "completed low give-up"


def test_only_the_last_text_of_the_assistant_is_looked_at():
    passed_over = (said("ok", role="user"), said("hm", kind="thinking"), said(UNSET), said(7))
    assert verdict(judged(session(turn()), said("I cannot proceed"), *passed_over)) == "completed low give-up"
    assert verdict(judged(session(turn()), said("I cannot proceed"), said(""))) == "completed medium assistant-ended"


@pytest.mark.parametrize("text", ["I’m unable to", "i cannot  proceed", "I can not proceed"])
def test_a_give_up_phrase_is_matched_as_it_is_written(text: str):
    assert verdict(judged(session(turn()), said(text))) == "completed medium assistant-ended"


def test_sessions_are_judged_by_turn_index_in_the_order_they_are_first_seen():
    turns = [
        *(turn("tool_use", session="b", index=3), turn(session="a", index=2), turn(session="b", index=9)),
        *(turn("tool_use", session="a", index=7), turn(session="b", index=1), turn(session="a", index=0)),
    ]
    quality = compute_quality(turns, now_ms=NOW_MS, semantics=TS_1_10)
    assert [(each.session_id, each.reason) for each in quality.outcomes] == [
        ("b", "assistant-ended"),
        ("a", "user-ended"),
    ]
    assert [each.session_id for each in quality.one_shot] == ["b", "a"]


def test_each_session_has_its_own_content():
    turns = [turn(session=name, index=index) for name in "ab" for index in range(3)]
    quality = compute_quality(
        turns, now_ms=NOW_MS, content_by_session={"b": [said("unable to verify")]}, semantics=TS_1_10
    )
    assert [each.reason for each in quality.outcomes] == ["assistant-ended", "give-up"]


def test_no_turns_make_no_entries():
    assert to_wire(compute_quality([], now_ms=NOW_MS, semantics=TS_1_10)) == {"outcomes": [], "oneShot": []}


def test_an_edit_without_retry_was_right_at_once():
    turns = [
        turn(has_edits=True, retries=0),
        turn(has_edits=True),
        turn(has_edits=True, retries=1),
        turn(has_edits=True, retries=None),
    ]
    metrics = one_shot_metrics("s", turns)
    assert (metrics.edit_turns, metrics.one_shot_turns, metrics.total_retries, metrics.one_shot_rate) == (4, 3, 1, 0.75)


def test_retries_without_an_edit_do_not_count():
    assert one_shot_metrics("s", [turn(has_edits=False, retries=4), turn(retries=1)]).total_retries == 0


def test_turns_of_subagents_do_not_count():
    assert one_shot_metrics("s", [turn(has_edits=True, subagent=Subagent(is_sidechain=True))]).edit_turns == 0
    assert one_shot_metrics("s", [turn(has_edits=True, subagent=Subagent(is_sidechain=False))]).edit_turns == 1


def test_without_edits_there_is_no_rate():
    assert "oneShotRate" not in to_wire(one_shot_metrics("s", []))


STOPS = st.sampled_from(["end_turn", "end-turn", "stop", "tool_use", "", UNSET, None])
TURNS = st.lists(
    st.builds(
        turn,
        stop=STOPS,
        ts=st.sampled_from([LONG_AGO, "2026-06-01T11:59:59Z", ""]),
        calls=st.text(alphabet=".x", max_size=4),
        session=st.sampled_from(["s", "t", "10"]),
        index=st.integers(0, 12),
        has_edits=st.booleans(),
        retries=st.integers(0, 3),
    ),
    max_size=30,
)
SEMANTICS = st.sampled_from([TS_1_10, CURRENT])


@pytest.mark.properties
@given(TURNS, SEMANTICS)
def test_every_session_is_judged_once_by_a_row_of_the_table(turns: list[TurnRecord], semantics: Semantics):
    quality = compute_quality(turns, now_ms=NOW_MS, semantics=semantics)
    seen = list(dict.fromkeys(each.session_id for each in turns))
    assert [each.session_id for each in quality.outcomes] == [each.session_id for each in quality.one_shot] == seen
    rows = {(rule.outcome, rule.confidence, rule.reason) for rule in OUTCOME_RULES}
    assert all((each.outcome, each.confidence, each.reason) in rows for each in quality.outcomes)


@pytest.mark.properties
@given(TURNS, SEMANTICS)
def test_judging_sessions_together_is_judging_each_alone(turns: list[TurnRecord], semantics: Semantics):
    together = compute_quality(turns, now_ms=NOW_MS, semantics=semantics)
    for place, name in enumerate(dict.fromkeys(each.session_id for each in turns)):
        alone = compute_quality([each for each in turns if each.session_id == name], now_ms=NOW_MS, semantics=semantics)
        assert (alone.outcomes, alone.one_shot) == ([together.outcomes[place]], [together.one_shot[place]])


@pytest.mark.properties
@given(TURNS)
def test_one_shot_turns_are_edit_turns_and_the_rate_is_their_share(turns: list[TurnRecord]):
    for each in compute_quality(turns, now_ms=NOW_MS, semantics=TS_1_10).one_shot:
        assert 0 <= each.one_shot_turns <= each.edit_turns
        assert (each.one_shot_rate is UNSET) == (each.edit_turns == 0)
        assert each.total_retries >= each.edit_turns - each.one_shot_turns
