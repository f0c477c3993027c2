"""Reading files in other processes, but only where there is much to read.

In: steps, in discovery order. Out: their outcomes in the same order. What is needed for other processes is imported when the
first of them is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from types import TracebackType
from typing import Self

from relayburn.ingest.harvest import Outcome, Step, weight_of
from relayburn.ingest.readers import Readers, ReadHere

_LITTLE_BYTES = 8 << 20


class ReadAsNeeded:
    """Reads in this process where there is little to read, else in up to `count` others; a context manager.

    Most passes find a few new lines, for which a process is not worth its start.
    """

    def __init__(self, count: int, *, little_bytes: int = _LITTLE_BYTES) -> None:
        self._count = count
        self._little_bytes = little_bytes
        self._others: Readers | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._others is not None:
            self._others.__exit__(kind, error, trace)

    def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """What becomes of each step, in their order. How much there is to read is found out first."""
        rest = iter(steps)
        seen: list[Step] = []
        seen_bytes = 0
        for step in rest:
            seen.append(step)
            seen_bytes += weight_of(step)
            if seen_bytes > self._little_bytes:
                yield from self._in_others().outcomes(chain(seen, rest))
                return
        yield from ReadHere().outcomes(seen)

    def _in_others(self) -> Readers:
        if self._others is None:
            from relayburn.ingest.reading_processes import ReadInProcesses

            self._others = ReadInProcesses(self._count)
        return self._others
