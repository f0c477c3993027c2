"""Failures as a reader meets them: by case, and within a case the earliest stage first.

In: a run's outcome. Out: groups of failing results. An exchange further down is often the echo of the one above it.
"""

from __future__ import annotations

import itertools
import shlex
from dataclasses import dataclass

from conformance.outcome import RunOutcome
from conformance.report.values import counted
from conformance.verdict import Result


@dataclass(frozen=True, slots=True)
class FailingCase:
    """One case, and the exchanges in it that fail; the first is where to look."""

    area: str
    case: str
    results: tuple[Result, ...]

    @property
    def title(self) -> str:
        """`claude / basic-multi-turn`."""
        return f"{self.area} / {self.case}"


def failing_cases(outcome: RunOutcome) -> list[FailingCase]:
    """The cases with failures, the earliest stage at fault first."""
    groups = itertools.groupby(outcome.failures, key=lambda result: (result.area, result.case))
    return [FailingCase(area, case, tuple(results)) for (area, case), results in groups]


def headline(outcome: RunOutcome) -> str:
    """One line: how many exchanges, and how many of each verdict that occurs."""
    counts = ", ".join(f"{count} {verdict.value}" for verdict, count in outcome.counts.items() if count)
    exchanges = counted(len(outcome.results), "exchange")
    return f"{exchanges}: {counts}" if counts else exchanges


def verdict_line(outcome: RunOutcome) -> str:
    """The last line: what the exit code says, in words."""
    return _SAID[outcome.exit_code]


def pending_lines(outcome: RunOutcome) -> list[str]:
    """What each pending entry is still good for."""
    return [
        f"{state.entry}: {counted(state.covered, 'exchange')}, {state.answered} answered, {state.matching} matching"
        + _advice(state.is_done, state.answered == state.covered)
        for state in outcome.pending
    ]


def _advice(is_done: bool, all_answered: bool) -> str:
    if is_done:
        return " - all match: remove this entry"
    return " - a stage answers them all: is this still pending?" if all_answered else ""


def replaying(result: Result, outcome: RunOutcome) -> str:
    """The command line that replays just this."""
    return f"{outcome.command} {shlex.quote(result.place)}"


_SAID = {
    0: "PASS: all exchanges match, are declared or are pending",
    1: "FAIL: this build does not answer as recorded",
    2: "UNUSABLE: not everything could be replayed",
}
