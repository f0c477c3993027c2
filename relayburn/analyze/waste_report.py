"""Waste as a report: each detector looks only at turns whose source tells what it needs.

In: the turns, and the kinds of waste to look for; then the results of their detectors. Out: who looks at which turns;
summaries of sessions, ranked findings, how many turns were looked at (cli.md 8.2).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from relayburn.analyze.coverage import CoveredTurns, covered_turns
from relayburn.analyze.findings import WasteFinding
from relayburn.analyze.patterns.detect import SessionSummary, summarize_sessions
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.sessions import hashable
from relayburn.analyze.waste import WASTE_DETECTORS, waste_findings
from relayburn.records import TurnRecord

DETECTOR = {row.name: row for row in WASTE_DETECTORS}
"""The detectors by kind."""

CANCELLATIONS = "cancellation-run"
STREAKS = ("retry-loop", "failure-run")
"""Looking for these finds cancelled calls too, asked for or not."""


@dataclass(frozen=True)
class WastePlan:
    """Which kinds of waste are looked for, in the order in which they were asked for, each among which turns."""

    covered: Mapping[str, CoveredTurns]

    @property
    def kinds(self) -> Sequence[str]:
        """What was asked for."""
        return tuple(self.covered)

    @property
    def refused(self) -> bool:
        """Whether there are turns, but no detector can look at any."""
        return bool(self.covered) and all(covered.refused for covered in self.covered.values())

    @cached_property
    def turns_analyzed(self) -> int:
        """How many messages at least one detector looks at."""
        # Slices of equal coverage share their list.
        slices = {id(covered.turns): covered.turns for covered in self.covered.values()}
        return len({_message(turn) for turns in slices.values() for turn in turns})

    def without(self, kind: str) -> WastePlan:
        """The same, but for one kind."""
        return WastePlan({other: covered for other, covered in self.covered.items() if other != kind})

    def reads(self, *inputs: str) -> bool:
        """Whether a detector that was asked for reads one of `inputs`, which are fields of `Evidence`."""
        return any(field in DETECTOR[kind].inputs for kind in self.covered for field in inputs)


def plan_waste(turns: Sequence[TurnRecord], kinds: Iterable[str]) -> WastePlan:
    """What to look for among `turns`; `kinds` are names of detectors."""
    by_coverage: dict[tuple[str, ...], CoveredTurns] = {}
    covered: dict[str, CoveredTurns] = {}
    for kind in kinds:
        required = DETECTOR[kind].coverage
        if required not in by_coverage:
            by_coverage[required] = covered_turns(turns, required)
        covered[kind] = by_coverage[required]
    return WastePlan(covered)


class WasteSearch:
    """The detectors of a plan at work on `evidence`, whose turns are those of the whole slice."""

    def __init__(self, plan: WastePlan, evidence: Evidence) -> None:
        self.plan = plan
        self.evidence = evidence
        self.results: dict[str, list[Any]] = {}
        self._slices: dict[tuple[str, ...], Evidence] = {}

    def learn(self, **evidence: Any) -> None:
        """Have the detectors that look from now on know more; keys are fields of `Evidence`."""
        self.evidence = replace(self.evidence, **evidence)
        self._slices.clear()

    def look_for(self, kind: str) -> list[Any]:
        """What the detector of `kind` finds among its turns; it looks once."""
        if kind not in self.results:
            self.results[kind] = DETECTOR[kind].detect(self._evidence_for(self.plan.covered[kind]))
        return self.results[kind]

    def look_for_all(self) -> None:
        """Have all detectors of the plan look."""
        for kind in self.plan.kinds:
            self.look_for(kind)
        asked = next((kind for kind in STREAKS if kind in self.plan.covered), None)
        if asked is not None and CANCELLATIONS not in self.results:
            evidence = self._evidence_for(self.plan.covered[asked])
            self.results[CANCELLATIONS] = DETECTOR[CANCELLATIONS].detect(evidence)

    def session_summaries(self) -> list[SessionSummary]:
        """What was found by session, the costliest first."""
        return summarize_sessions(self.results)

    def findings(self) -> list[WasteFinding]:
        """All that was found, ranked."""
        return waste_findings(self.results, self.evidence)

    def _evidence_for(self, covered: CoveredTurns) -> Evidence:
        if covered.required not in self._slices:
            self._slices[covered.required] = replace(self.evidence, turns=covered.turns)
        return self._slices[covered.required]


def _message(turn: TurnRecord) -> tuple[Hashable, Hashable]:
    return hashable(turn.session_id), hashable(turn.message_id)
