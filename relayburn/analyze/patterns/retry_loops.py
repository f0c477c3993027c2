"""Retry loops: one tool failing with the same arguments three times in a row or more (patterns.md 5)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from relayburn.analyze.findings import WasteFinding, plain_text, session_finding, usd_text
from relayburn.analyze.patterns.outcomes import Outcome, positions, shared_event_source, streaks
from relayburn.analyze.patterns.session import Session
from relayburn.records import UNSET, OptionalText, Record

MIN_ATTEMPTS = 3
DIVERGED = " (signatures diverged)"


class RetryLoop(Record, kw_only=True):
    """The same failing call, `attempts` times in a row; `cost` in USD of the turns that hold them."""

    session_id: str
    tool: str
    target: OptionalText = UNSET
    args_hash: str
    attempts: int
    start_turn_index: int
    end_turn_index: int
    cost: float
    event_source: OptionalText = UNSET
    error_signature: OptionalText = UNSET


def retry_loops(session: Session) -> list[RetryLoop]:
    """The retry loops of a session, in order."""
    failing = (streak for streak in streaks(session.outcomes, _key) if len(streak) >= MIN_ATTEMPTS)
    return [_loop(session, streak) for streak in failing]


def _key(outcome: Outcome) -> Hashable:
    return outcome.loop_key if outcome.failed else None


def _loop(session: Session, streak: list[Outcome]) -> RetryLoop:
    first, last = streak[0], streak[-1]
    assert first.call is not None  # an outcome without a call has no loop key
    return RetryLoop(
        session_id=session.session_id,
        tool=first.tool,
        target=first.call.target,
        args_hash=first.call.args_hash,
        attempts=len(streak),
        start_turn_index=first.turn_index,
        end_turn_index=last.turn_index,
        cost=session.cost_once(positions(streak)),
        event_source=shared_event_source(streak),
        error_signature=_error_signature(session, streak),
    )


def _error_signature(session: Session, streak: Iterable[Outcome]) -> OptionalText:
    if session.content is None:
        return UNSET
    found: OptionalText = UNSET
    for outcome in streak:
        signature = session.content.error_signature(outcome.call.id) if outcome.call else None
        if signature is None:
            continue
        if found is UNSET:
            found = signature
        elif signature != found:
            return found + DIVERGED
    return found


def retry_loop_finding(loop: RetryLoop) -> WasteFinding:
    """The finding of a retry loop (findings.md 3)."""
    attempts = plain_text(loop.attempts)
    target = f" {loop.target}" if loop.target else ""
    signature = f": '{loop.error_signature}'" if loop.error_signature else ""
    return session_finding(
        "retry-loop",
        loop.session_id,
        loop.cost,
        f"Retry loop: {loop.tool}{target} failed {attempts}× in a row{signature}",
        f"Turns {plain_text(loop.start_turn_index)}-{plain_text(loop.end_turn_index)} are {attempts} consecutive errored "
        f"{loop.tool} calls with the same arguments. Cumulative turn cost {usd_text(loop.cost)} — the agent kept retrying "
        "without changing inputs.",
        event_source=loop.event_source,
    )
