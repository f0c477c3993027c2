"""How much faster two reading processes ingest than one.

In: a user's home with logs. Out: the time of a pass in one process over that of a pass with two, each in an empty home and a
process of its own. On a machine where others work too, time by the clock says nothing; there a pass with two is taken to
last half of the processor time of all its processes, starts and all, as it does where the files are shared out evenly.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from conformance.bench.measure import Amount
from conformance.bench.processes import spent_by

LEAST = 1.7
ROUNDS = 5
_UNDISTURBED = 0.95
"""What only computes gets at least this share of a processor where nobody else works."""


@dataclass(frozen=True, slots=True)
class SpeedUp:
    """The least of all rounds: seconds by the clock and of processors, in one process and with two."""

    one_wall: float
    one_processor: float
    two_wall: float
    two_processor: float

    @property
    def is_disturbed(self) -> bool:
        """Whether others took a good part of the processors."""
        return self.one_processor < _UNDISTURBED * self.one_wall or (os.cpu_count() or 1) < 2

    @property
    def amounts(self) -> tuple[Amount, Amount]:
        """By the clock and by processor time; the limit stands at the one that holds on this machine."""
        by_clock = None if self.is_disturbed else LEAST
        by_work = LEAST if self.is_disturbed else None
        return (
            Amount("two processes, by the clock", self.one_wall / self.two_wall, "times faster", least=by_clock),
            Amount(
                "two processes, by processor time on two free cores",
                2 * self.one_processor / self.two_processor,
                "times faster",
                least=by_work,
            ),
        )


def speed_up(user_home: Path, rounds: int = ROUNDS) -> SpeedUp:
    """Ingest the logs below `user_home` in one process and with two, by turns."""
    ones, twos = zip(*[(_spent(user_home, 1), _spent(user_home, 2)) for _ in range(rounds)], strict=True)
    return SpeedUp(
        min(wall for wall, _ in ones),
        min(processor for _, processor in ones),
        min(wall for wall, _ in twos),
        min(processor for _, processor in twos),
    )


def _spent(user_home: Path, processes: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        arguments = (str(processes), str(user_home), f"{folder}/home")
        wall, processor = spent_by((sys.executable, "-m", "conformance.bench.one_pass", *arguments)).answer
    return wall, processor
