"""How sessions ended, and how often an edit was right at once.

In: turns, the content records of their sessions where there are any, and the time now. Out: per session an outcome with
its reason, and the one-shot rate of its edits (quality.md 1-3). Nothing is stored; results are computed when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from relayburn.analyze.sessions import turns_by_session
from relayburn.jsdate import parse_date
from relayburn.jsjson import truthy
from relayburn.jsnum import to_number
from relayburn.reader.stop_reasons import normalize_stop_reason
from relayburn.records import UNSET, ContentRecord, Record, TurnRecord, UnsetType
from relayburn.semantics import Semantics

RECENT_MS = 600_000
SINGLE_EXCHANGE_TURNS = 2
SHORT_TURNS = 3
LONG_TURNS = 10
FAILURE_STREAK = 3

GIVE_UP_PHRASES = (
    "i'm unable to",
    "i am unable to",
    "i can't proceed",
    "i cannot proceed",
    "i don't have access",
    "i cannot access",
    "unable to verify",
    "doesn't appear to exist",
)

ContentBySession = Mapping[Any, Sequence[ContentRecord]]
"""Content records in stored order, by session id."""


class SessionOutcome(Record, kw_only=True):
    """How a session ended: `outcome` with `confidence` (high, medium, low), and the `reason` for both."""

    session_id: str
    outcome: str
    confidence: str
    is_recent: bool
    reason: str


class OneShotMetrics(Record, kw_only=True):
    """How many of a session's turns with edits needed no retry. Without such turns there is no rate."""

    session_id: str
    edit_turns: int
    one_shot_turns: int
    one_shot_rate: float | UnsetType = UNSET
    total_retries: float


class Quality(Record, kw_only=True):
    """One entry per session in both lists, sessions in the order they are first seen."""

    outcomes: list[SessionOutcome]
    one_shot: list[OneShotMetrics]


def compute_quality(
    turns: Iterable[TurnRecord],
    *,
    now_ms: float,
    content_by_session: ContentBySession | None = None,
    semantics: Semantics,
) -> Quality:
    """Outcome and one-shot metrics of every session; `now_ms` is milliseconds since the epoch."""
    quality = Quality(outcomes=[], one_shot=[])
    contents: ContentBySession = content_by_session or {}
    for key, session in turns_by_session(turns).items():
        session_id = session[0].session_id
        content = contents.get(key, ())
        quality.outcomes.append(infer_outcome(session_id, session, now_ms=now_ms, content=content, semantics=semantics))
        quality.one_shot.append(one_shot_metrics(session_id, session))
    return quality


def infer_outcome(
    session_id: str,
    turns: Sequence[TurnRecord],
    *,
    now_ms: float,
    content: Sequence[ContentRecord] = (),
    semantics: Semantics,
) -> SessionOutcome:
    """The outcome of one session: `turns` in judged order, `content` its records in stored order."""
    ended = Ended(turns=turns, content=content, ending=_ending(turns, semantics), is_recent=_is_recent(turns, now_ms))
    rule = next(rule for rule in OUTCOME_RULES if rule.applies(ended))
    return SessionOutcome(
        session_id=session_id,
        outcome=rule.outcome,
        confidence=rule.confidence,
        is_recent=ended.is_recent,
        reason=rule.reason,
    )


@dataclass(frozen=True, slots=True)
class Ended:
    """What the outcome rules look at; `ending` is the side that had the last word: assistant, user or unknown."""

    turns: Sequence[TurnRecord]
    content: Sequence[ContentRecord]
    ending: str
    is_recent: bool

    def failure_streak(self) -> int:
        """The calls of the last turns whose calls all failed."""
        streak = 0
        for turn in reversed(self.turns):
            if not turn.tool_calls or any(getattr(call, "is_error", None) is not True for call in turn.tool_calls):
                break
            streak += len(turn.tool_calls)
        return streak

    def gave_up(self) -> bool:
        """Whether the last text of the assistant says that it cannot do it."""
        for record in reversed(self.content):
            if record.role == "assistant" and record.kind == "text" and isinstance(record.text, str):
                text = record.text.lower()
                return any(phrase in text for phrase in GIVE_UP_PHRASES)
        return False


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """One row of the table: when it applies, and what it says."""

    applies: Callable[[Ended], bool]
    outcome: str
    confidence: str
    reason: str


OUTCOME_RULES = (
    OutcomeRule(lambda ended: not ended.turns, "unknown", "low", "empty"),
    OutcomeRule(
        lambda ended: len(ended.turns) <= SINGLE_EXCHANGE_TURNS and ended.ending == "assistant",
        *("completed", "medium", "single-exchange"),
    ),
    OutcomeRule(lambda ended: len(ended.turns) < SHORT_TURNS, "unknown", "low", "too-short"),
    OutcomeRule(lambda ended: ended.is_recent, "unknown", "low", "recent"),
    OutcomeRule(
        lambda ended: ended.ending == "user" and len(ended.turns) >= LONG_TURNS,
        *("abandoned", "high", "user-ended-long"),
    ),
    OutcomeRule(lambda ended: ended.ending == "user", "abandoned", "medium", "user-ended"),
    OutcomeRule(lambda ended: ended.failure_streak() >= FAILURE_STREAK, "errored", "medium", "failure-streak"),
    OutcomeRule(lambda ended: ended.ending == "unknown", "completed", "low", "unknown-ending"),
    OutcomeRule(Ended.gave_up, "completed", "low", "give-up"),
    OutcomeRule(lambda ended: True, "completed", "medium", "assistant-ended"),
)
"""The first row that applies decides (quality.md 2)."""


def _ending(turns: Sequence[TurnRecord], semantics: Semantics) -> str:
    stop_reason: Any = turns[-1].stop_reason if turns else UNSET
    if stop_reason is UNSET or (semantics.stop_reasons and stop_reason is None):
        return "unknown"
    if semantics.stop_reasons:
        # Lines that the reference wrote hold the log's own text; ours are normalised already.
        finished = isinstance(stop_reason, str) and normalize_stop_reason(stop_reason) == "end-turn"
    else:
        finished = stop_reason == "end_turn"
    return "assistant" if finished else "user"


def _is_recent(turns: Sequence[TurnRecord], now_ms: float) -> bool:
    """Whether the last turn is younger than ten minutes, or of the future. A time without zone is UTC."""
    ts: Any = turns[-1].ts if turns else UNSET
    ms = parse_date(ts, UTC) if isinstance(ts, str) else None
    return ms is not None and now_ms - ms < RECENT_MS


def one_shot_metrics(session_id: str, turns: Iterable[TurnRecord]) -> OneShotMetrics:
    """How many turns with edits needed no retry; those of subagents do not count, nor retries without an edit."""
    metrics = OneShotMetrics(session_id=session_id, edit_turns=0, one_shot_turns=0, total_retries=0)
    for turn in turns:
        if truthy(getattr(turn.subagent, "is_sidechain", None)) or not truthy(turn.has_edits):
            continue
        retries = _retries(turn)
        metrics.edit_turns += 1
        metrics.total_retries += retries
        metrics.one_shot_turns += retries == 0
    if metrics.edit_turns:
        metrics.one_shot_rate = metrics.one_shot_turns / metrics.edit_turns
    return metrics


def _retries(turn: TurnRecord) -> float:
    retries: Any = turn.retries
    if retries is UNSET or retries is None:
        return 0
    return retries if type(retries) is int else to_number(retries)
