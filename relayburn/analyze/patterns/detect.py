"""All patterns of waste at once, and what they come to per session.

In: the evidence. Out: every detector's results, a summary row for each session that has one (patterns.md 2 and 12), and
the results as ranked findings (findings.md 4).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct

from relayburn.analyze.findings import WasteFinding, sort_findings
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.patterns.table import PATTERN_DETECTORS
from relayburn.analyze.sessions import hashable
from relayburn.jsjson import as_doubles
from relayburn.records import to_wire

Results = Mapping[str, Sequence[Any]]
"""Results by the kind of their detector, in the order of its table."""


_STREAKS = 3
"""The first detectors look for streaks of calls that ended alike."""


class SessionSummary(Struct, kw_only=True):
    """What was found in one session.

    `counts` are by kind; `total_cost` adds the costs of the results in USD, so that a turn may count several times.
    """

    session_id: str
    counts: dict[str, int]
    longest_failure_run: int = 0
    total_retries: int = 0
    total_cost: float = 0

    def to_wire(self) -> dict[str, Any]:
        """The row with the reference's keys."""
        counts = [(row.count, self.counts[row.kind]) for row in PATTERN_DETECTORS]
        # The longest run stands behind the counts of streaks.
        streaks, others = counts[:_STREAKS], counts[_STREAKS:]
        return {
            "sessionId": self.session_id,
            **dict(streaks),
            "consecutiveFailureMax": self.longest_failure_run,
            **dict(others),
            "totalRetries": self.total_retries,
            "totalPatternCost": self.total_cost,
        }


class Patterns(Struct, frozen=True):
    """The results of all detectors by kind, and the sessions they are of, the costliest first."""

    results: Results
    session_summaries: list[SessionSummary]

    def to_wire(self) -> dict[str, Any]:
        """All lists under the reference's keys; an infinite ratio is null."""
        lists = {row.results: as_doubles(to_wire(self.results[row.kind])) for row in PATTERN_DETECTORS}
        return lists | {"sessionSummaries": [summary.to_wire() for summary in self.session_summaries]}


def detect_patterns(evidence: Evidence) -> Patterns:
    """Run every pattern detector."""
    results = {row.kind: row.detect(evidence) for row in PATTERN_DETECTORS}
    return Patterns(results, summarize_sessions(results))


def summarize_sessions(results: Results) -> list[SessionSummary]:
    """A row for each session that occurs in `results` (kinds may be left out), by total cost; ties as first seen."""
    summaries: dict[Hashable, SessionSummary] = {}
    for row in PATTERN_DETECTORS:
        for result in results.get(row.kind, ()):
            key = hashable(result.session_id)
            if key not in summaries:
                counts = dict.fromkeys((row.kind for row in PATTERN_DETECTORS), 0)
                summaries[key] = SessionSummary(session_id=result.session_id, counts=counts)
            summary = summaries[key]
            summary.counts[row.kind] += 1
            summary.total_cost += row.cost(result)
    for loop in results.get("retry-loop", ()):
        summaries[hashable(loop.session_id)].total_retries += loop.attempts
    for run in results.get("failure-run", ()):
        summary = summaries[hashable(run.session_id)]
        summary.longest_failure_run = max(summary.longest_failure_run, run.length)
    return sorted(summaries.values(), key=attrgetter("total_cost"), reverse=True)


def findings_from_patterns(results: Results) -> list[WasteFinding]:
    """The findings of `results` (kinds may be left out), ranked."""
    rows = sorted(PATTERN_DETECTORS, key=attrgetter("finding_place"))
    return sort_findings(row.finding(result) for row in rows for result in results.get(row.kind, ()))
