"""What ingesting the logs of all harnesses into an empty home costs on one core.

In: a user's home with logs. Out: the processor time of one pass over its floor: `orjson` decoding every line and `quicktok`
counting every text that must be counted. The floor of each file is measured right after the file was read, so that a
machine that slows down slows both.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import quicktok

from conformance.bench.harnesses import HARNESSES, Harness
from conformance.bench.homes import fresh_home, unheard
from conformance.bench.measure import Ratio
from relayburn.ingest.harvest import Outcome, Step
from relayburn.ingest.readers import ReadHere
from relayburn.ingest.sweep import ingest_all

LIMIT, AIM = 2.2, 1.5
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class IngestCost:
    """Processor seconds of one pass and of the parts of its floor; `size` in bytes."""

    size: int
    pass_seconds: float
    decoding: float
    counting: float

    @property
    def ratio(self) -> Ratio:
        """The pass over its floor."""
        return Ratio(
            "cold home, cl100k, to decoding + quicktok", self.pass_seconds, self.decoding + self.counting, LIMIT, AIM
        )

    @property
    def megabytes_per_second(self) -> float:
        """Logs read in a second of a processor, in MB."""
        return self.size / 1e6 / self.pass_seconds


def ingest_cost(user_home: Path, rounds: int = ROUNDS) -> IngestCost:
    """Ingest the logs below `user_home` several times, each into an empty home; the round of the median ratio.

    An uncounted round comes first.
    """
    costs = [_one_pass(user_home) for _ in range(rounds + 1)][1:]
    middle = median(cost.ratio.value for cost in costs)
    return min(costs, key=lambda cost: abs(cost.ratio.value - middle))


def _one_pass(user_home: Path) -> IngestCost:
    with tempfile.TemporaryDirectory() as folder:
        home = fresh_home(Path(folder) / "home", user_home)
        floor = _Floor()
        started = time.process_time()
        ingest_all(home, log=unheard, readers=floor)
        seconds = time.process_time() - started - floor.beside
    return IngestCost(floor.size, seconds, floor.decoding, floor.counting)


class _Floor(ReadHere):
    """Reads files, and does the least that reading each of them takes; `beside` is all the time that this took."""

    def __init__(self) -> None:
        self.size = 0
        self.decoding = self.counting = self.beside = 0.0
        self._count = quicktok.get_encoding("cl100k_base").count

    def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        """What becomes of each step, in their order."""
        for step in steps:
            yield from super().outcomes((step,))
            started = time.process_time()
            self._measure(Path(step.path))
            self.beside += time.process_time() - started

    def _measure(self, log: Path) -> None:
        harness = _harness_of(log)
        source = harness.source(log)
        self.size += source.size
        started = time.process_time()
        for _ in source.values():
            pass
        self.decoding += time.process_time() - started
        texts = list(harness.counted(list(source.values())))
        started = time.process_time()
        for text in texts:
            self._count(text)
        self.counting += time.process_time() - started


def _harness_of(log: Path) -> Harness:
    if log.name.startswith("ses_"):
        return HARNESSES["opencode"]
    return HARNESSES["codex" if log.name.startswith("rollout-") else "claude"]
