"""How costs are measured: a ratio of processor time to a floor, both from the same run.

In: functions to time. Out: the median of each over several rounds in which all take turns, so that a machine that
slows down slows all of them.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 7


def processor_seconds(
    work: Mapping[str, Callable[[], object]],
    rounds: int = ROUNDS,
    summed_up: Callable[[Sequence[float]], float] = median,
) -> dict[str, float]:
    """The processor time of each piece of work in seconds, the median of all rounds after an uncounted one.

    `summed_up` takes another figure of the rounds, such as the least.
    """
    taken: dict[str, list[float]] = {name: [] for name in work}
    for round_number in range(rounds + 1):
        for name, do in work.items():
            gc.collect()
            started = time.process_time()
            do()
            if round_number:
                taken[name].append(time.process_time() - started)
    return {name: summed_up(seconds) for name, seconds in taken.items()}


@dataclass(frozen=True, slots=True)
class Ratio:
    """What something costs, in seconds, against a floor; `limit` is what it may cost, `aim` what it should."""

    name: str
    cost: float
    floor: float
    limit: float | None = None
    aim: float | None = None

    @property
    def value(self) -> float:
        """Cost over floor."""
        return self.cost / self.floor

    @property
    def is_over(self) -> bool:
        """Whether it costs more than it may."""
        return self.limit is not None and self.value > self.limit


@dataclass(frozen=True, slots=True)
class Amount:
    """Something that is measured by itself: `unit` says in what, `least` and `limit` what it must and may be."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    least: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether it is more than it may be, or less than it must."""
        return (self.limit is not None and self.value > self.limit) or (
            self.least is not None and self.value < self.least
        )
