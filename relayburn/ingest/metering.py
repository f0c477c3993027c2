"""How far a pass is: which files have to be read, how many bytes that is, and how much of it is done.

In: readers, and who listens. Out: readers that do the same and tell of it. All files of a harness are looked at before the
first is read, so that it is known how much there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from relayburn.ingest.harvest import Failed, Outcome, Settled, Step
from relayburn.ingest.readers import Readers


@dataclass(frozen=True, slots=True)
class Meter:
    """Of `files` that have to be read, `bytes` in all, so many are done."""

    files: int
    bytes: int
    files_done: int = 0
    bytes_done: int = 0


class Metered:
    """`readers`, which tell `hear` of each file that is done; a context manager as they are."""

    def __init__(self, readers: Readers, hear: Callable[[Meter], None]) -> None:
        self._readers = readers
        self._hear = hear

    def __enter__(self) -> Self:
        self._readers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._readers.__exit__(kind, error, trace)

    def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """What becomes of each step, in their order."""
        planned = list(steps)
        weights = [None if isinstance(step, Settled | Failed) else step.weight for step in planned]
        to_read = [weight for weight in weights if weight is not None]
        files, size = len(to_read), sum(to_read)
        files_done = bytes_done = 0
        self._hear(Meter(files, size))
        for weight, outcome in zip(weights, self._readers.outcomes(planned), strict=True):
            yield outcome
            if weight is not None:
                files_done += 1
                bytes_done += weight
                self._hear(Meter(files, size, files_done, bytes_done))
