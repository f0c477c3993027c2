"""Does the gate notice? Every fault of the catalogue is injected in turn, and the gate must catch it.

In: faults. Out: for each, what became of it. Each is tried in a process forked for it, so that recordings and libraries
are loaded once for all (`python -m conformance.sensitivity`).
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, partial
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import click
import quicktok

from conformance.corpus import PROJECT_ROOT, Corpus
from conformance.fault import Fault
from conformance.faults import FAULTS
from conformance.selection import Chain, Selection, select
from conformance.stages.registry import all_stages
from conformance.trial import CAUGHT, TIME_LIMIT, UNUSABLE, Trial, put_to_trial


@dataclass(frozen=True, slots=True)
class _Running:
    """A trial under way: its process, the end that hears of it, and when it must be over."""

    fault: Fault
    process: BaseProcess
    answer: Connection
    deadline: float


def try_all(faults: Sequence[Fault], jobs: int, corpus: Path = PROJECT_ROOT) -> Iterator[tuple[Fault, Trial]]:
    """Each fault with its trial as it ends, `jobs` at a time."""
    chains, _ = select(Corpus(corpus), Selection())
    concerned = cache(partial(_concerned, chains))
    waiting = deque(faults)
    running: list[_Running] = []
    with tempfile.TemporaryDirectory() as folder, _loaded_once(folder):
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(_start(waiting.popleft(), concerned, corpus, Path(folder)))
            wait([trial.answer for trial in running], timeout=1)
            for trial in [trial for trial in running if trial.answer.poll() or time.monotonic() > trial.deadline]:
                running.remove(trial)
                yield trial.fault, _ended(trial)


@contextmanager
def _loaded_once(folder: str) -> Generator[None]:
    """Do here what every trial would do again: load libraries, compile our modules, look through old objects for garbage."""
    all_stages()
    import_module("deepdiff")  # which is not loaded before something differs
    # Its tables take longer to load than most trials, and no fault is in them.
    encoding_of = quicktok.get_encoding
    setattr(quicktok, "get_encoding", cache(encoding_of))  # noqa: B010 - a plain assignment does not type-check
    quicktok.get_encoding("cl100k_base")
    kept = sys.dont_write_bytecode, sys.pycache_prefix
    sys.dont_write_bytecode, sys.pycache_prefix = False, f"{folder}/bytecode"
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        quicktok.get_encoding = encoding_of
        sys.dont_write_bytecode, sys.pycache_prefix = kept


def _start(fault: Fault, concerned: Callable[[Selection], list[Chain]], corpus: Path, within: Path) -> _Running:
    chains = concerned(Selection(protocols=fault.protocols, areas=fault.areas, cases=fault.cases))
    context = multiprocessing.get_context("fork")
    hear, tell = context.Pipe(duplex=False)
    process = context.Process(target=_try_here, args=(fault, chains, corpus, within, tell))
    process.start()
    tell.close()
    return _Running(fault, process, hear, time.monotonic() + TIME_LIMIT)


def _try_here(fault: Fault, chains: Sequence[Chain], corpus: Path, within: Path, tell: Connection) -> None:
    trial = put_to_trial(fault, chains, corpus, within)
    # As plain texts: this process has forgotten the modules by which the other would know a `Trial`.
    tell.send((trial.verdict, trial.where))


def _ended(trial: _Running) -> Trial:
    if not trial.answer.poll():
        trial.process.kill()
        return Trial(UNUSABLE, f"it hangs: no answer within {TIME_LIMIT:g} s")
    try:
        return Trial(*trial.answer.recv())
    except EOFError:
        return Trial(UNUSABLE, "its process broke down")
    finally:
        trial.process.join()
        trial.answer.close()


def _concerned(chains: Sequence[Chain], selection: Selection) -> list[Chain]:
    concerned = (
        Chain(chain.exchanges, frozenset(item.line for item in chain.exchanges if selection.wants(item)))
        for chain in chains
    )
    return [chain for chain in concerned if chain.wanted]


@click.command()
@click.argument("names", nargs=-1)
@click.option("--jobs", default=2, show_default=True, help="How many faults to try at once.")
@click.option("--list", "listing", is_flag=True, help="Only list the faults.")
def main(names: tuple[str, ...], jobs: int, listing: bool) -> None:
    """Inject faults and see whether the gate catches each; NAMES may hold wildcards.

    Exits 1 if a fault survives or cannot be used any more, 2 if no fault has that name.
    """
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
