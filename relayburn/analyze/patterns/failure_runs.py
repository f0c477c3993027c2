"""Failure runs: three or more calls in a row that failed, not all of them the same (patterns.md 6)."""

from __future__ import annotations

from collections.abc import Iterable

from relayburn.analyze.findings import WasteFinding, plain_text, session_finding, usd_text
from relayburn.analyze.patterns.outcomes import (
    TOOL_RESULT,
    Outcome,
    positions,
    shared_event_source,
    streaks,
    tools,
)
from relayburn.analyze.patterns.session import Session
from relayburn.records import UNSET, OptionalText, Record, UnsetType

MIN_LENGTH = 3
MIN_DISTINCT_CALLS = 2


class ErrorSignature(Record, kw_only=True):
    """The first line of a tool's first error in a run."""

    tool: str
    first_line: str


class FailureRun(Record, kw_only=True):
    """`length` failed calls in a row; `cost` in USD of the turns that hold them."""

    session_id: str
    length: int
    start_turn_index: int
    end_turn_index: int
    tools_involved: list[str]
    cost: float
    event_source: OptionalText = UNSET
    error_signatures: list[ErrorSignature] | UnsetType = UNSET


def failure_runs(session: Session) -> list[FailureRun]:
    """The failure runs of a session, in order."""
    runs = streaks(session.outcomes, lambda outcome: outcome.failed or None)
    return [_run(session, run) for run in runs if len(run) >= MIN_LENGTH and not _is_one_call(run)]


def _is_one_call(run: Iterable[Outcome]) -> bool:
    """True for one call failing over and over, which is a retry loop alone.

    It is so only where every failure is told by a tool result: other events of one call may be of different things.
    """
    few_calls = len({outcome.failure_key for outcome in run}) < MIN_DISTINCT_CALLS
    return few_calls and all(outcome.event_source in (UNSET, TOOL_RESULT) for outcome in run)


def _run(session: Session, run: list[Outcome]) -> FailureRun:
    return FailureRun(
        session_id=session.session_id,
        length=len(run),
        start_turn_index=run[0].turn_index,
        end_turn_index=run[-1].turn_index,
        tools_involved=tools(run),
        cost=session.cost_once(positions(run)),
        event_source=shared_event_source(run),
        error_signatures=_error_signatures(session, run) or UNSET,
    )


def _error_signatures(session: Session, run: Iterable[Outcome]) -> list[ErrorSignature]:
    """One a tool, of its first failure that has a result with text."""
    if session.content is None:
        return []
    found: dict[str, ErrorSignature] = {}
    for outcome in run:
        if outcome.call is None or outcome.tool in found:
            continue
        line = session.content.error_signature(outcome.call.id)
        if line is not None:
            found[outcome.tool] = ErrorSignature(tool=outcome.tool, first_line=line)
    return list(found.values())


def failure_run_finding(run: FailureRun) -> WasteFinding:
    """The finding of a failure run (findings.md 3)."""
    errors = "; ".join(f"{error.tool}='{error.first_line}'" for error in run.error_signatures or ())
    return session_finding(
        "failure-run",
        run.session_id,
        run.cost,
        f"Failure run: {plain_text(run.length)} consecutive failed tool calls",
        f"Turns {plain_text(run.start_turn_index)}-{plain_text(run.end_turn_index)} failed across "
        f"{len(run.tools_involved)} distinct tool(s) ({', '.join(run.tools_involved)}). Cumulative turn cost "
        f"{usd_text(run.cost)} — agent likely stuck without recovering or asking for help."
        + (f" Errors: {errors}." if errors else ""),
        event_source=run.event_source,
    )
