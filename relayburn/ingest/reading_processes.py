"""Reading files in other processes, which end with the pass (design: process pool, and nothing heavy stays in a watch).

In: steps, in discovery order. Out: their outcomes in the same order. The processes are started by the first file that
has to be read. A process that dies takes nothing with it but the file that killed it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self

from relayburn.ingest.child_processes import new_pool, obey_parent, undisturbed_birth
from relayburn.ingest.harvest import Failed, Outcome, Settled, Step, Task, outcome_of, weight_of

_AHEAD_BYTES = 64 << 20
"""How many bytes of logs may be read ahead of the file whose turn it is."""


class ReadInProcesses:
    """Reads files in up to `count` processes, a context manager.

    They are started afresh rather than forked: the caller may have threads. As always with such processes, a program
    that uses this keeps its main module importable (`if __name__ == "__main__"`).
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """What becomes of each step, in their order."""
        ahead: deque[tuple[Step, Future[Outcome] | None]] = deque()
        ahead_bytes = 0
        for step in steps:
            ahead.append((step, self._begin(step)))
            ahead_bytes += weight_of(step)
            while ahead and (ahead[0][1] is None or (ahead_bytes > _AHEAD_BYTES and len(ahead) > self._count)):
                ahead_bytes -= weight_of(ahead[0][0])
                yield self._result(*ahead.popleft())
        while ahead:
            yield self._result(*ahead.popleft())

    def _begin(self, step: Step) -> Future[Outcome] | None:
        if isinstance(step, Settled | Failed):
            return None
        if self._pool is None:
            self._pool = new_pool(self._count, obey_parent)
        try:
            with undisturbed_birth():
                return self._pool.submit(outcome_of, step)
        except BrokenProcessPool as error:
            broken: Future[Outcome] = Future()
            broken.set_exception(error)
            return broken

    def _result(self, step: Step, future: Future[Outcome] | None) -> Outcome:
        if isinstance(step, Settled | Failed):
            return step
        assert future is not None
        try:
            return future.result()
        except BrokenProcessPool:
            self._end()
            return _read_alone(step)
        except RecursionError:
            # Values can be nested more deeply than they can be sent.
            return outcome_of(step)

    def _end(self) -> None:
        if self._pool is not None:
            # Nobody has to wait for them to be gone, which takes a tenth of a second.
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _read_alone(task: Task) -> Outcome:
    """Read one file in a process of its own, to know whether it is the one that kills them."""
    with new_pool(1, obey_parent) as pool:
        try:
            with undisturbed_birth():
                future = pool.submit(outcome_of, task)
            return future.result()
        except BrokenProcessPool:
            return Failed(task.path, "the process that read it died")
