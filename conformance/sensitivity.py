"""Does the gate notice? Every fault of the catalogue is injected in turn, and the gate must catch it.

In: faults. Out: for each, the first divergence it caused, or that it survived. Each runs in a process of its own, in
which one module is compiled from changed source. A fault must change a value: one that only raises proves little about
the recordings and counts as unusable (`python -m conformance.sensitivity`).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

import click

from conformance.fault import Fault
from conformance.faults import FAULTS
from conformance.mutation import FaultUnusable, install

CAUGHT, SURVIVED, UNUSABLE = "caught", "survived", "unusable"
TIME_LIMIT = 120.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one fault: `where` is the first divergence, or why there is none."""

    verdict: str
    where: str
    seconds: float = 0.0


def try_here(fault: Fault) -> Trial:
    """Inject `fault` into this process and replay what it concerns until something diverges."""
    try:
        install(fault.module, fault.change)
        return _first_divergence(fault)
    except FaultUnusable as error:
        return Trial(UNUSABLE, str(error))


def _first_divergence(fault: Fault) -> Trial:
    # Imported late: the faulty module must not be loaded before the fault is in.
    from conformance.corpus import PROJECT_ROOT, Corpus
    from conformance.inprocess import InProcess
    from conformance.selection import Selection, select
    from conformance.session import Session
    from conformance.stages.registry import all_stages
    from conformance.verdict import Result, Verdict

    corpus = Corpus(PROJECT_ROOT)
    chains, _ = select(corpus, Selection(protocols=fault.protocols, areas=fault.areas, cases=fault.cases))
    stages = all_stages()
    raised = ""
    with Session(corpus, lambda workspace: InProcess(stages, TIME_LIMIT, workspace), requires_all=True) as session:
        for chain in chains:
            for outcome in session.replay(chain):
                if not isinstance(outcome, Result) or outcome.verdict.passes:
                    continue
                if outcome.verdict is Verdict.DIVERGED:
                    return Trial(CAUGHT, f"{outcome.protocol} {outcome.case}:{outcome.line}")
                raised = raised or f"{outcome.verdict.value}: {outcome.protocol} {outcome.case}:{outcome.line}"
    if fault.module not in sys.modules:
        return Trial(UNUSABLE, f"{fault.module} is not used by {', '.join(fault.protocols + fault.areas)}")
    return Trial(UNUSABLE, f"it only raises ({raised})") if raised else Trial(SURVIVED, f"{len(chains)} chains agree")


def try_all(faults: Sequence[Fault], jobs: int) -> Iterator[tuple[Fault, Trial]]:
    """Each fault with its trial, in order, `jobs` at a time in processes of their own."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from zip(faults, pool.map(_try_apart, faults), strict=True)


def _try_apart(fault: Fault) -> Trial:
    started = time.perf_counter()
    command = [sys.executable, "-m", "conformance.sensitivity", "--inject", fault.name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        return Trial(UNUSABLE, f"it hangs: no answer within {TIME_LIMIT:g} s", TIME_LIMIT)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        return Trial(UNUSABLE, f"it breaks the import: {done.stderr.strip().splitlines()[-1:]}", seconds)
    told = json.loads(done.stdout.splitlines()[-1])
    return Trial(told["verdict"], told["where"], seconds)


@click.command()
@click.argument("names", nargs=-1)
@click.option("--jobs", default=2, show_default=True, help="How many faults to try at once.")
@click.option("--list", "listing", is_flag=True, help="Only list the faults.")
@click.option("--inject", hidden=True, help="Inject one fault into this process and say what came of it.")
def main(names: tuple[str, ...], jobs: int, listing: bool, inject: str | None) -> None:
    """Inject faults and see whether the gate catches each; NAMES may hold wildcards.

    Exits 1 if a fault survives or cannot be used any more, 2 if no fault has that name.
    """
    if inject is not None:
        print(json.dumps(asdict(try_here(next(fault for fault in FAULTS if fault.name == inject)))))
        return
    chosen = [fault for fault in FAULTS if not names or any(fnmatchcase(fault.name, name) for name in names)]
    if not chosen:
        raise click.UsageError(f"no fault is called {' or '.join(names)}")
    if listing:
        for fault in chosen:
            print(f"{fault.name}  ({fault.module})")
        return
    started = time.perf_counter()
    failed = 0
    for fault, trial in try_all(chosen, jobs):
        failed += trial.verdict != CAUGHT
        print(f"{trial.verdict:9} {fault.name:58} {trial.where}", flush=True)
    mechanical = sum(fault.is_mechanical for fault in chosen)
    print(
        f"{len(chosen) - failed} of {len(chosen)} faults caught ({mechanical} made mechanically) "
        f"in {time.perf_counter() - started:.0f} s"
    )
    if failed:
        sys.exit(1)


if __name__ == "__main__":
    main()
