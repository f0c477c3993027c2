"""Replaying: chains of exchanges put to one subject, one after the other, in one working copy.

In: chains. Out: a result for each exchange that is wanted, or that it was left out because the subject does not offer
its protocol. This is the hot loop; what can wait until something differs, waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self

from conformance.corpus import Corpus, Exchange
from conformance.entries import DeclaredEntry, PendingEntry
from conformance.errors import CannotAsk
from conformance.inputs import InputHashes
from conformance.selection import Chain
from conformance.subject import Admitted, Subject
from conformance.verdict import UNSUPPORTED, Finding, Result, Verdict, judge, stale
from conformance.workspace import Workspace


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An exchange that was not put to the subject, because it does not offer the protocol."""

    file: str
    line: int
    protocol: str


Outcome = Result | LeftOut
SubjectMaker = Callable[[Workspace], Subject]


class Session:
    """One subject in one working copy of `corpus`; a context manager that lets both go.

    `make` gives the subject. With `requires_all`, what the subject does not offer is unsupported instead of left out.
    `declared` and `pending` replace what the subject admits, where given; `within` is where to make the working copy.
    """

    def __init__(
        self,
        corpus: Corpus,
        make: SubjectMaker,
        *,
        requires_all: bool,
        declared: tuple[DeclaredEntry, ...] | None = None,
        pending: tuple[PendingEntry, ...] | None = None,
        within: Path | None = None,
    ) -> None:
        self._workspace = Workspace(corpus.root, within)
        try:
            self.subject = make(self._workspace)
        except BaseException:
            self._workspace.__exit__(None, None, None)
            raise
        own = self.subject.admitted
        self.admitted = Admitted(
            own.declared if declared is None else declared, own.pending if pending is None else pending
        )
        self._requires_all = requires_all
        self._hashes = InputHashes(corpus.root)
        self._declared: dict[tuple[str, str, int], list[DeclaredEntry]] = defaultdict(list)
        for entry in self.admitted.declared:
            self._declared[entry.protocol, entry.case, entry.line].append(entry)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.subject.close()
        finally:
            self._workspace.__exit__(kind, error, trace)

    def replay(self, chain: Chain) -> Iterator[Outcome]:
        """The outcomes of the wanted exchanges of `chain`, in order."""
        try:
            for exchange in chain.exchanges:
                outcome = self._outcome(exchange)
                if exchange.line in chain.wanted:
                    yield outcome
        finally:
            self._workspace.settle()

    def _outcome(self, exchange: Exchange) -> Outcome:
        offered = self.subject.offers(exchange.protocol)
        if not offered and not self._requires_all:
            return LeftOut(exchange.file, exchange.line, exchange.protocol)
        try:
            differing = self._hashes.stale(exchange.recorded.request.get("input"))
            if differing:
                return stale(differing).unasked(exchange)
            if not offered:
                return UNSUPPORTED.of(exchange)
            request = self._workspace.prepare(exchange)
        except CannotAsk as error:
            return Finding(Verdict.ERROR, str(error)).unasked(exchange)
        asked = perf_counter()
        answer = self.subject.ask(request)
        seconds = perf_counter() - asked
        declared = self._declared.get((exchange.protocol, exchange.case, exchange.line), ())
        return judge(exchange, answer, self._workspace.paths, declared).of(exchange, seconds)
