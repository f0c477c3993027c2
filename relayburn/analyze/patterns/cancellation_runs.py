"""Cancellation runs: calls in a row that were cancelled; one is enough (patterns.md 7). Only events tell of them."""

from __future__ import annotations

from relayburn.analyze.findings import WasteFinding, plain_text, session_finding, usd_text
from relayburn.analyze.patterns.outcomes import CANCELLED, Outcome, positions, shared_event_source, streaks, tools
from relayburn.analyze.patterns.session import Session
from relayburn.records import UNSET, OptionalText, Record


class CancellationRun(Record, kw_only=True):
    """`length` cancelled calls in a row; `cost` in USD of the turns that hold them."""

    session_id: str
    length: int
    start_turn_index: int
    end_turn_index: int
    tools_involved: list[str]
    cost: float
    event_source: OptionalText = UNSET


def cancellation_runs(session: Session) -> list[CancellationRun]:
    """The cancellation runs of a session, in order."""
    return [
        _run(session, run) for run in streaks(session.outcomes, lambda outcome: outcome.status == CANCELLED or None)
    ]


def _run(session: Session, run: list[Outcome]) -> CancellationRun:
    return CancellationRun(
        session_id=session.session_id,
        length=len(run),
        start_turn_index=run[0].turn_index,
        end_turn_index=run[-1].turn_index,
        tools_involved=tools(run),
        cost=session.cost_once(positions(run)),
        event_source=shared_event_source(run),
    )


def cancellation_run_finding(run: CancellationRun) -> WasteFinding:
    """The finding of a cancellation run (findings.md 3)."""
    return session_finding(
        "cancellation-run",
        run.session_id,
        run.cost,
        f"Cancellation run: {plain_text(run.length)} cancelled tool call{'' if run.length == 1 else 's'}",
        f"Turns {plain_text(run.start_turn_index)}-{plain_text(run.end_turn_index)} ended with cancelled tool/subagent "
        f"status ({', '.join(run.tools_involved)}). Cumulative turn cost {usd_text(run.cost)}.",
        event_source=run.event_source,
    )
