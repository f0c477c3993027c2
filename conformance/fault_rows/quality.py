"""Faults of how sessions are judged: thresholds, the order of the rules, endings, give-up phrases, one-shot rates."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

PROTOCOLS = ("relayburn.analyze.quality.*",)


def _in(name: str, change: Change) -> Fault:
    return Fault(f"quality: {name}", "relayburn.analyze.quality", change, PROTOCOLS, areas=("classifier", "current"))


FAULTS = (
    _in("ten minutes are a millisecond longer", Shift("RECENT_MS")),
    _in("ten minutes are a millisecond shorter", Shift("RECENT_MS", by=-1)),
    _in("a session that ended ten minutes ago is recent", Flip("_is_recent", 1)),
    _in("three turns may be a single exchange", Shift("SINGLE_EXCHANGE_TURNS")),
    _in("one turn alone is a single exchange", Shift("SINGLE_EXCHANGE_TURNS", by=-1)),
    _in("three turns are too short", Shift("SHORT_TURNS")),
    _in("two turns are long enough", Shift("SHORT_TURNS", by=-1)),
    _in("eleven turns are long", Shift("LONG_TURNS")),
    _in("nine turns are long", Shift("LONG_TURNS", by=-1)),
    _in("four failures are an error", Shift("FAILURE_STREAK")),
    _in("two failures are an error", Shift("FAILURE_STREAK", by=-1)),
    _in("nothing is unable to be verified", Drop("GIVE_UP_PHRASES", 6)),
    _in("nobody lacks access", Drop("GIVE_UP_PHRASES", 4)),
    _in("a short exchange that ended is too short", Drop("OUTCOME_RULES", 1)),
    _in("nothing is recent", Drop("OUTCOME_RULES", 3)),
    _in("nobody leaves a long session", Drop("OUTCOME_RULES", 4)),
    _in("an unknown ending is the assistant's", Drop("OUTCOME_RULES", 7)),
    _in("giving up is an ending like others", Drop("OUTCOME_RULES", 8)),
    _in("end_turn ends nothing for the reference", Misspell("_ending", 2)),
    _in("end-turn ends nothing", Misspell("_ending", 1)),
    _in("any call that failed makes a streak", Rewrite("any(getattr(call", "all(getattr(call")),
    _in("a turn without calls goes on with a streak", Rewrite("if not turn.tool_calls or any(", "if any(")),
    _in("a streak counts turns", Rewrite("streak += len(turn.tool_calls)", "streak += 1")),
    _in(
        "failing weighs more than leaving",
        Rewrite(
            'lambda ended: ended.ending == "user", "abandoned"',
            'lambda ended: ended.ending == "user" and ended.failure_streak() < FAILURE_STREAK, "abandoned"',
        ),
    ),
    _in("what was said first gives up", Rewrite("in reversed(self.content):", "in self.content:")),
    _in("giving up is written in small letters", Rewrite("text = record.text.lower()", "text = record.text")),
    _in("users give up, too", Rewrite('record.role == "assistant" and ', "")),
    _in("thoughts give up, too", Rewrite('record.kind == "text" and ', "")),
    _in(
        "an empty last text is passed over",
        Rewrite("isinstance(record.text, str):", "isinstance(record.text, str) and record.text:"),
    ),
    _in("subagents' edits count", Rewrite('truthy(getattr(turn.subagent, "is_sidechain", None)) or ', "")),
    _in("one retry is one shot", Rewrite("+= retries == 0", "+= retries <= 1")),
    _in(
        "without edits the rate is nothing",
        Rewrite(
            "    if metrics.edit_turns:\n        metrics.one_shot_rate = metrics.one_shot_turns / metrics.edit_turns\n",
            "    metrics.one_shot_rate = metrics.one_shot_turns / (metrics.edit_turns or 1)\n",
        ),
    ),
    _in("an edit counts twice", Shift("one_shot_metrics", 3)),
    _in("nobody's reason is null", Flip("_ending", 1)),
)
