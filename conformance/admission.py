"""Pending entries, laid over the results of a run; and entries that speak of nothing.

In: results, and what the subject admits. Out: the same results with the verdict `pending` where an entry says so, how
far each pending entry is, and the entries that match nothing. Those fail a run: an admission that nobody needs any
more hides what it was never meant to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from conformance.entries import DeclaredEntry, PendingEntry
from conformance.verdict import Result, Verdict

_ANSWERS = (Verdict.MATCH, Verdict.DIVERGED, Verdict.DECLARED)


@dataclass(frozen=True, slots=True)
class PendingState:
    """How far a pending entry is: of `covered` exchanges, the subject answers so many and `matching` of them rightly."""

    entry: PendingEntry
    covered: int
    answered: int
    matching: int

    @property
    def is_done(self) -> bool:
        """Whether all that it covers matches, so that the entry can go."""
        return 0 < self.covered == self.matching


def with_pending(results: Sequence[Result], pending: Sequence[PendingEntry]) -> list[Result]:
    """The results, those that an entry covers as pending; a stale or unaskable exchange stays what it is."""
    known = set(map(_key, results))
    covered = {key for entry in pending for key in _covered(entry, known)}
    return [_pending(result) if result.raw is not None and _key(result) in covered else result for result in results]


def _pending(result: Result) -> Result:
    return replace(result, verdict=Verdict.PENDING, divergences=(), message="")


def _key(result: Result) -> tuple[str, str]:
    return result.protocol, result.case


def _covered(entry: PendingEntry, known: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The protocols and cases among `known` that `entry` speaks of."""
    return {key for key in known if entry.covers(*key)}


def pending_states(results: Sequence[Result], pending: Sequence[PendingEntry]) -> list[PendingState]:
    """How far each entry is, counted over `results`."""
    states = []
    known = set(map(_key, results))
    for entry in pending:
        covered = _covered(entry, known)
        raw = [result.raw for result in results if _key(result) in covered]
        answered = sum(verdict in _ANSWERS for verdict in raw)
        states.append(PendingState(entry, len(raw), answered, sum(verdict is Verdict.MATCH for verdict in raw)))
    return states


def idle_declared(results: Sequence[Result], declared: Sequence[DeclaredEntry]) -> list[DeclaredEntry]:
    """The declared entries that admitted nothing in `results`."""
    used = [entry for result in results for entry in result.used]
    return [entry for entry in declared if entry not in used]


def replayed(results: Sequence[Result], declared: Sequence[DeclaredEntry]) -> list[DeclaredEntry]:
    """The declared entries whose exchange is among `results`."""
    known = {(result.protocol, result.case, result.line) for result in results}
    return [entry for entry in declared if (entry.protocol, entry.case, entry.line) in known]


def idle_pending(results: Sequence[Result], pending: Sequence[PendingEntry]) -> list[str]:
    """The pending entries that cover no exchange at all, and the cases they name in vain. Ask only of a full run."""
    idle = []
    known = set(map(_key, results))
    for entry in pending:
        cases = {case for _, case in _covered(entry, known)}
        if not cases:
            idle.append(f"{entry.protocol}: covers no recorded exchange")
        else:
            idle.extend(f"{entry.protocol}: covers no exchange of case {case}" for case in sorted(entry.cases - cases))
    return idle
