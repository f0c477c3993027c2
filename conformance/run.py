"""A run of the gate: everything that was selected, put to one subject.

In: a `Plan`. Out: a `RunOutcome`, in corpus order, whatever the order and the number of processes it was replayed in.
"""

from __future__ import annotations

import gc
import random
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

from conformance.admission import idle_declared, idle_pending, pending_states, replayed, with_pending
from conformance.corpus import Corpus
from conformance.jobs import Introduction, Jobs
from conformance.outcome import Problem, ProblemKind, RunOutcome
from conformance.plan import Plan, open_session
from conformance.selection import Chain, Unreadable, select
from conformance.session import LeftOut, Outcome, SubjectMaker
from conformance.subject import NOTHING_ADMITTED, Admitted
from conformance.verdict import FREE, Result

Watcher = Callable[[Outcome, int], None]
"""Told of every outcome as it comes, and of how many there will be."""


def run(plan: Plan, watch: Watcher = lambda outcome, total: None, make: SubjectMaker | None = None) -> RunOutcome:
    """Replay what `plan` selects. `make` gives another subject than the plan names; it is asked in this process.

    Raises `ReplayImpossible`.
    """
    started = time.perf_counter()
    corpus = Corpus(plan.corpus)
    with _collector_at_rest():
        chains, unreadable = select(corpus, plan.selection)
    place = {key: number for number, key in enumerate(_wanted(chains))}
    if plan.shuffle is not None:
        random.Random(plan.shuffle).shuffle(chains)
    replay = _OneJob(plan, corpus, make) if plan.jobs == 1 or make is not None else Jobs(plan)
    results: list[Result] = []
    left_out: Counter[str] = Counter()
    for outcome in replay.outcomes(chains):
        watch(outcome, len(place))
        if isinstance(outcome, LeftOut):
            left_out[outcome.protocol] += 1
        else:
            results.append(outcome)
    results.sort(key=lambda result: place[result.file, result.line])
    admitted = replay.introduction.admitted
    pending = pending_states(results, admitted.pending)
    return RunOutcome(
        subject=replay.introduction.title,
        results=tuple(with_pending(results, admitted.pending)),
        problems=tuple(_problems(plan, results, unreadable, left_out, admitted)),
        left_out=dict(sorted(left_out.items())),
        pending=tuple(state for state in pending if state.covered),
        notes=(*replay.notes, *_freedoms(results)),
        seconds=time.perf_counter() - started,
        command=plan.command,
    )


@contextmanager
def _collector_at_rest() -> Generator[None]:
    """While this is open, no garbage is looked for: reading recordings makes much, and none of it is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _OneJob:
    """The replay in this process."""

    def __init__(self, plan: Plan, corpus: Corpus, make: SubjectMaker | None) -> None:
        self._plan = plan
        self._corpus = corpus
        self._make = make
        self.introduction = Introduction("", NOTHING_ADMITTED)
        self.notes: list[str] = []

    def outcomes(self, chains: Sequence[Chain]) -> Iterator[Outcome]:
        """The outcome of every wanted exchange, in the order of `chains`."""
        with open_session(self._plan, self._corpus, self._make) as session:
            self.introduction = Introduction(session.subject.title, session.admitted)
            for chain in chains:
                yield from session.replay(chain)
        self.notes = session.subject.notes()


def _wanted(chains: Sequence[Chain]) -> Iterator[tuple[str, int]]:
    for chain in chains:
        for exchange in chain.exchanges:
            if exchange.line in chain.wanted:
                yield exchange.file, exchange.line


def _problems(
    plan: Plan, results: Sequence[Result], unreadable: Sequence[Unreadable], left_out: Counter[str], admitted: Admitted
) -> Iterator[Problem]:
    for item in unreadable:
        yield Problem(ProblemKind.UNREADABLE, item.message, item.file)
    if not results:
        yield Problem(ProblemKind.NOTHING, _why_nothing(plan, left_out))
    spoken_of = admitted.declared if plan.admissions_must_serve else replayed(results, admitted.declared)
    for entry in idle_declared(results, spoken_of):
        yield Problem(ProblemKind.IDLE_DECLARED, f"{entry}: {entry.reason}")
    if plan.admissions_must_serve and not unreadable:
        for message in idle_pending(results, admitted.pending):
            yield Problem(ProblemKind.IDLE_PENDING, message)


def _freedoms(results: Sequence[Result]) -> Iterator[str]:
    """How many exchanges match though they differ, where their specification leaves that free."""
    if free := sum(result.message == FREE for result in results):
        yield f"of the matches, {free} differ in wording or numbers that bind nobody: conformance/not_binding.py"


def _why_nothing(plan: Plan, left_out: Counter[str]) -> str:
    if left_out:
        return f"no exchange was replayed: the subject offers none of the {len(left_out)} protocols selected"
    if plan.selection.is_everything:
        return f"no exchange was replayed: {plan.corpus} holds no recording"
    return "no exchange was replayed: nothing in the corpus is so selected"
