"""Replaying in several processes.

In: a plan and chains. Out: the outcomes, in whatever order they come. Each process has a subject and a working copy of
its own. One that dies, or that a stage holds up where no alarm can reach it, costs the chain it was at; a fresh one
goes on with the next.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path

from conformance.copies import remove_tree
from conformance.corpus import Corpus, Exchange
from conformance.errors import ReplayImpossible, SubjectUnusable
from conformance.plan import Plan, open_session
from conformance.selection import Chain
from conformance.session import LeftOut, Outcome
from conformance.subject import NOTHING_ADMITTED, Admitted
from conformance.verdict import Finding, Result, Verdict
from conformance.workspace import place_for_copies
from relayburn.errors import RecordingError

_CHAINS_AT_ONCE = 32
_GRACE_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a worker says first: who its subject is."""

    title: str
    admitted: Admitted


@dataclass(frozen=True, slots=True)
class _ChainName:
    """A chain as it is named to another process, which reads the recording itself."""

    file: str
    lines: tuple[int, ...]
    wanted: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Done:
    """A worker's word that it is through with a chain."""


@dataclass(frozen=True, slots=True)
class _Farewell:
    """What a worker says last."""

    notes: tuple[str, ...]


class Jobs:
    """`plan.jobs` processes that replay. `introduction` is known after the first outcome, `notes` after the last."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.introduction = Introduction("", NOTHING_ADMITTED)
        self.notes: list[str] = []

    def outcomes(self, chains: Sequence[Chain]) -> Iterator[Outcome]:
        """The outcome of every wanted exchange, in no order. Raises `ReplayImpossible`."""
        waiting = deque(chains)
        copies = Path(tempfile.mkdtemp(prefix="relayburn-", dir=place_for_copies()))
        workers: list[_Worker] = []
        try:
            workers += [_Worker(self._plan, copies) for _ in range(min(self._plan.jobs, max(1, len(chains))))]
            while workers:
                for worker in _ready(workers):
                    yield from self._attend(worker, waiting)
                    if worker.is_lost:
                        workers.remove(worker)
                        if waiting or any(other.chains for other in workers):
                            workers.append(_Worker(self._plan, copies))
                    elif worker.has_left:
                        workers.remove(worker)
                        worker.kill()
        finally:
            for worker in workers:
                worker.kill()
            remove_tree(copies)

    def _attend(self, worker: _Worker, waiting: deque[Chain]) -> Iterator[Outcome]:
        """Take what a worker has to say, and give it more to do."""
        message = worker.receive()
        match message:
            case Introduction():
                self.introduction = message
            case ReplayImpossible():
                raise message
            case _Farewell(notes):
                self.notes += notes
                worker.has_left = True
                return
            case _Lost(how):
                yield from worker.bury(how, waiting)
                return
            case _Done():
                worker.chains.popleft()
                worker.reported = 0
            case Result() | LeftOut():
                worker.reported += 1
                yield message
        if not worker.chains:
            worker.give([waiting.popleft() for _ in range(min(len(waiting), self._batch(waiting)))])

    def _batch(self, waiting: deque[Chain]) -> int:
        """How many chains at once: enough to keep a worker busy, few enough that all end together."""
        return max(1, min(_CHAINS_AT_ONCE, len(waiting) // (4 * self._plan.jobs)))


@dataclass(frozen=True, slots=True)
class _Lost:
    """A worker that says nothing more, and why."""

    how: str


class _Worker:
    """One process, seen from outside."""

    def __init__(self, plan: Plan, copies: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(theirs, plan, copies), daemon=True)
        self._process.start()
        theirs.close()
        self._timeout = plan.timeout
        self._heard = time.monotonic()
        self._introduced = False
        self.chains: deque[Chain] = deque()
        self.reported = 0
        self.has_left = False
        self.is_lost = False

    @property
    def patience(self) -> float:
        """Seconds until it counts as hung."""
        exchanges = len(self.chains[0].exchanges) if self.chains else 1
        return max(0.0, self._heard + exchanges * self._timeout + _GRACE_SECONDS - time.monotonic())

    def give(self, chains: list[Chain]) -> None:
        """Send it chains to replay; none at all sends it home."""
        self.chains.extend(chains)
        self._heard = time.monotonic()
        names = [
            _ChainName(chain.exchanges[0].file, tuple(item.line for item in chain.exchanges), chain.wanted)
            for chain in chains
        ]
        # Where it is dead, its end of the pipe will say so.
        with contextlib.suppress(OSError):
            self.connection.send(names)

    def receive(self) -> object:
        """Its next message, or that there will be none."""
        if not self.connection.poll():
            self.kill()
            return _Lost("hang: the process did not answer and was ended")
        try:
            message = self.connection.recv()
        except (EOFError, OSError):
            self._process.join()
            code = self._process.exitcode
            if not self._introduced:
                raise SubjectUnusable(f"a job's process ended at its start, with code {code}") from None
            return _Lost(f"crash: the process ended with code {code}")
        self._introduced = True
        self._heard = time.monotonic()
        return message

    def bury(self, how: str, waiting: deque[Chain]) -> Iterator[Outcome]:
        """Report what it was at, and put back what it had not begun."""
        self.is_lost = True
        if self.chains:
            chain = self.chains.popleft()
            wanted = [exchange for exchange in chain.exchanges if exchange.line in chain.wanted]
            for exchange in wanted[self.reported :]:
                yield Finding(Verdict.ERROR, how).of(exchange)
        waiting.extendleft(reversed(self.chains))

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()
        self.connection.close()


def _ready(workers: Iterable[_Worker]) -> list[_Worker]:
    """The workers that have something to say, or have been silent for too long."""
    workers = list(workers)
    wait([worker.connection for worker in workers], min(worker.patience for worker in workers))
    return [worker for worker in workers if worker.connection.poll() or worker.patience == 0]


def _work(connection: Connection, plan: Plan, copies: Path) -> None:
    """A worker's life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        corpus = Corpus(plan.corpus)
        files: dict[str, dict[int, Exchange]] = {}
        with open_session(plan, corpus, within=copies) as session:
            connection.send(Introduction(session.subject.title, session.admitted))
            while names := connection.recv():
                for name in names:
                    for outcome in session.replay(_chain(corpus, files, name)):
                        connection.send(outcome)
                    connection.send(_Done())
        connection.send(_Farewell(tuple(session.subject.notes())))
    except ReplayImpossible as error:
        connection.send(error)


def _chain(corpus: Corpus, files: dict[str, dict[int, Exchange]], name: _ChainName) -> Chain:
    if name.file not in files:
        files[name.file] = {exchange.line: exchange for exchange in _readable(corpus, name.file)}
    exchanges = files[name.file]
    return Chain(tuple(exchanges[line] for line in name.lines), name.wanted)


def _readable(corpus: Corpus, file: str) -> Iterator[Exchange]:
    try:
        yield from corpus.exchanges(corpus.path_of(file))
    except RecordingError:
        # The parent has reported it; what stands before the bad line is replayed.
        return
