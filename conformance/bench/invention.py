"""What the made-up sessions of all harnesses share: text, sizes, ids and times, all from one seed.

In: a seed, a size, and how one harness writes a session down. Out: logs of the profile that real ones have: 8 to 500
turns, tool results log-normal with a median of 1.5 kB and at most 30 kB.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from string import ascii_letters, digits

from conformance.bench.prose import Prose

MEDIAN_RESULT = 1500
"""Bytes of a tool result, half of them have less."""

MAX_RESULT = 30_000
RESULT_SPREAD = 1.4
"""The standard deviation of the logarithm of a tool result's bytes."""

FEWEST_TURNS, MOST_TURNS = 8, 500

Log = Mapping[str, bytes]
"""The files of one session by their path in a tree; the first is the one that a reader is called with."""

_LETTERS = ascii_letters + digits
_NORMAL = NormalDist()
_DECK = 32


class Invention(Prose):
    """An endless seeded stream of what a session is made of. Time passes with every look at the clock."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._clock = datetime(2026, 3, 4, 9, 15, tzinfo=UTC)
        self._deck: list[int] = []

    def turns(self) -> int:
        """How many turns a session has: as many sessions have 8 to 63 as have 63 to 500."""
        few, most = math.log(FEWEST_TURNS), math.log(MOST_TURNS)
        return round(math.exp(self.random.uniform(few, most)))

    def result(self) -> str:
        """What a tool gives back."""
        # Sizes are dealt from a deck of equally likely ranges, so that even a short session has large and small ones.
        if not self._deck:
            self._deck = self.random.sample(range(_DECK), _DECK)
        rank = (self._deck.pop() + self.random.uniform(0.01, 0.99)) / _DECK
        size = round(MEDIAN_RESULT * math.exp(RESULT_SPREAD * _NORMAL.inv_cdf(rank)))
        return self.text(max(1, min(MAX_RESULT, size)))

    def happens(self, probability: float) -> bool:
        """True with the given probability."""
        return self.random.random() < probability

    def milliseconds(self) -> int:
        """The time now, since the epoch."""
        self._clock += timedelta(milliseconds=self.random.randint(200, 20_000))
        return round(self._clock.timestamp() * 1000)

    def timestamp(self) -> str:
        """The time now, as ISO text."""
        at = datetime.fromtimestamp(self.milliseconds() / 1000, UTC)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def identifier(self, prefix: str, length: int = 22) -> str:
        """An id of its own, `length` letters and digits behind `prefix`."""
        return prefix + "".join(self.random.choices(_LETTERS, k=length))

    def uuid(self) -> str:
        """A UUID of its own."""
        hexadecimal = f"{self.random.getrandbits(128):032x}"
        return "-".join((hexadecimal[:8], hexadecimal[8:12], hexadecimal[12:16], hexadecimal[16:20], hexadecimal[20:]))

    def ciphertext(self, size: int) -> str:
        """About `size` characters that nobody can read."""
        return b64encode(self.random.randbytes(size * 3 // 4)).decode()


def made_up_logs(seed: int, size: int, log: Callable[[Invention], Log]) -> Iterator[Log]:
    """Sessions as `log` writes them down, until at least `size` bytes are made."""
    made = number = 0
    while made < size:
        files = log(Invention(seed * 10_000 + number))
        yield files
        made += sum(map(len, files.values()))
        number += 1


def write_log(folder: Path, log: Log) -> Path:
    """Write the files of `log` below `folder`; gives the one that a reader is called with."""
    paths = [folder / name for name in log]
    for path, data in zip(paths, log.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return paths[0]
