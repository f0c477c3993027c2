"""One fault, put to the gate.

In: a fault, and the chains of recordings that it concerns. Out: the first divergence it caused, or that it survived. To be
called in a process made for it: this project's modules are imported anew, one of them from changed source.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.fault import Fault
from conformance.mutation import FaultUnusable, install
from conformance.selection import Chain
from conformance.stages import scenario
from conformance.stages.registry import all_stages
from conformance.stages.scenario import step_modules

CAUGHT, SURVIVED, UNUSABLE = "caught", "survived", "unusable"
TIME_LIMIT = 120.0
_PACKAGES = ("relayburn", "conformance")


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one fault: `where` is the first divergence, or why there is none."""

    verdict: str
    where: str


def put_to_trial(fault: Fault, chains: Sequence[Chain], corpus: Path, within: Path) -> Trial:
    """Inject `fault` into this process and replay `chains` of `corpus` until an answer is another.

    A fault must change a value: one that only raises proves little about the recordings, and is unusable. `within` is
    where working copies are made.
    """
    answering = _stage_modules(chains)
    for name in [name for name in sys.modules if name.partition(".")[0] in _PACKAGES]:
        del sys.modules[name]
    try:
        install(fault.module, fault.change)
        return _first_divergence(fault, chains, answering, corpus, within)
    except FaultUnusable as error:
        return Trial(UNUSABLE, str(error))


def _stage_modules(chains: Sequence[Chain]) -> set[str]:
    """The modules whose stages answer `chains`: to import all of them takes longer than most trials.

    The steps of a scenario are verbs of several.
    """
    stages = all_stages()
    protocols = {exchange.protocol for chain in chains for exchange in chain.exchanges}
    modules = {stages[protocol].__module__ for protocol in protocols & stages.keys()}
    return modules | step_modules() if scenario.__name__ in modules else modules


def _first_divergence(fault: Fault, chains: Sequence[Chain], answering: set[str], corpus: Path, within: Path) -> Trial:
    # Imported here, anew: nothing may hold on to a module that was loaded before the fault was in.
    from conformance.corpus import Corpus
    from conformance.entries import DECLARED_FILE, read_declared
    from conformance.inprocess import InProcess
    from conformance.session import Session
    from conformance.stages.registry import stages_in
    from conformance.verdict import Result, Verdict

    stages = stages_in(answering)
    raised = ""
    with Session(
        Corpus(corpus),
        lambda place: InProcess(stages, TIME_LIMIT, place),
        requires_all=True,
        # Where the gate lets a line differ, that it does proves nothing.
        declared=read_declared(DECLARED_FILE),
        within=within,
    ) as session:
        for chain in chains:
            for outcome in session.replay(chain):
                if not isinstance(outcome, Result) or outcome.verdict.passes:
                    continue
                if outcome.verdict is Verdict.DIVERGED:
                    return Trial(CAUGHT, f"{outcome.protocol} {outcome.case}:{outcome.line}")
                raised = raised or f"{outcome.verdict.value}: {outcome.protocol} {outcome.case}:{outcome.line}"
    if fault.module not in sys.modules:
        return Trial(UNUSABLE, f"{fault.module} is used by none of {len(chains)} chains")
    return Trial(UNUSABLE, f"it only raises ({raised})") if raised else Trial(SURVIVED, f"{len(chains)} chains agree")
