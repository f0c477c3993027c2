"""Who reads the files of a pass: this process, or others.

In: steps, in discovery order. Out: their outcomes in the same order, whoever finished first. Files are independent of
each other, so it makes no difference to what is found. What was read and not yet taken is bounded, so that memory is by
the largest file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self

from relayburn.ingest.harvest import Failed, Outcome, Settled, Step, outcome_of


class Readers(Protocol):
    """Reads files; a context manager that ends what it started."""

    def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """What becomes of each step, in their order."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class ReadHere:
    """Reads each file in this process when it is its turn."""

    def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """What becomes of each step, in their order."""
        for step in steps:
            yield step if isinstance(step, Settled | Failed) else outcome_of(step)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing was started."""
