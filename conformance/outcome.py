"""What a run says: results, counts, problems, and the exit code that follows from them.

In: the results of every exchange and what went wrong around them. Out: the one object that all reports are made from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.admission import PendingState
from conformance.stage_order import stage_rank
from conformance.verdict import Result, Verdict


class ProblemKind(StrEnum):
    """What is wrong beside the exchanges: with the corpus, or with what was admitted."""

    IMPOSSIBLE = "cannot replay"
    UNREADABLE = "unreadable recording"
    NOTHING = "nothing replayed"
    IDLE_DECLARED = "declared entry matches nothing"
    IDLE_PENDING = "pending entry matches nothing"

    @property
    def exit_code(self) -> int:
        """The exit code it demands."""
        return 1 if self in (ProblemKind.IDLE_DECLARED, ProblemKind.IDLE_PENDING) else 2


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that fails the run and is no verdict; `file` is empty where no file is at fault."""

    kind: ProblemKind
    message: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """All that a run says. `seconds` is the time of the whole run, that of the subject is summed over its answers.

    `command` is what replays exchanges with the same subject and corpus, up to their names.
    """

    subject: str
    results: tuple[Result, ...] = ()
    problems: tuple[Problem, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[PendingState, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    command: str = "python -m conformance"

    @property
    def stage_seconds(self) -> float:
        """The time spent in the subject, over all jobs."""
        return sum(result.seconds for result in self.results)

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many exchanges have each verdict, none left out."""
        return _counted(self.results)

    @property
    def by_protocol(self) -> dict[str, dict[Verdict, int]]:
        """`counts` of each protocol, the earliest stage first."""
        grouped: dict[str, list[Result]] = {}
        for result in self.results:
            grouped.setdefault(result.protocol, []).append(result)
        return {name: _counted(grouped[name]) for name in sorted(grouped, key=_stage_key)}

    @property
    def failures(self) -> list[Result]:
        """The results that fail the run: cases with the earliest stage at fault first, and within a case the earliest."""
        failing = [result for result in self.results if not result.verdict.passes]
        first: dict[tuple[str, str], tuple[int, str]] = {}
        for result in failing:
            case = result.area, result.case
            first[case] = min(first.get(case, _stage_key(result.protocol)), _stage_key(result.protocol))

        def place(result: Result) -> tuple[object, ...]:
            case = result.area, result.case
            return first[case], case, _stage_key(result.protocol), result.file, result.line

        return sorted(failing, key=place)

    @property
    def exit_code(self) -> int:
        """0 where all match, are declared or pending; 2 where the corpus is unreadable; else 1."""
        codes = [problem.exit_code for problem in (problem.kind for problem in self.problems)]
        return max(codes, default=0) or int(any(not result.verdict.passes for result in self.results))


def _stage_key(protocol: str) -> tuple[int, str]:
    return stage_rank(protocol), protocol


def _counted(results: tuple[Result, ...] | list[Result]) -> dict[Verdict, int]:
    counted = Counter(result.verdict for result in results)
    return {verdict: counted[verdict] for verdict in Verdict}
