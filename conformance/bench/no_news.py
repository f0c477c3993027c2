"""What a pass costs that finds nothing new, as every report makes one first.

In: how many files. Out: its time for each file, and what twice the files and sixteen times the bytes make of it: it is in
proportion to the files, whatever is in them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conformance.bench.homes import fresh_home, unheard, write_small_logs
from conformance.bench.measure import Ratio, processor_seconds
from relayburn.ingest.sweep import ingest_all

FILES = 500
TURNS = 4
FILES_LIMIT = 2.3
"""What twice the files may cost."""

BYTES_LIMIT = 1.3
"""What sixteen times the bytes may cost."""

_ROUNDS = 7


@dataclass(frozen=True, slots=True)
class NoNews:
    """Milliseconds for each file, and how the pass grows."""

    milliseconds_each: float
    ratios: tuple[Ratio, ...]


def no_news(files: int = FILES, rounds: int = _ROUNDS) -> NoNews:
    """Measure passes over logs that were all ingested before."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"files": (files, TURNS), "twice": (2 * files, TURNS), "long": (files, 16 * TURNS)}
        works = {name: _pass_over(Path(folder) / name, *size) for name, size in sizes.items()}
        seconds = processor_seconds(works, rounds, min)
    return NoNews(
        seconds["files"] / files * 1e3,
        (
            Ratio("twice the files", seconds["twice"], seconds["files"], FILES_LIMIT),
            Ratio("16 times the bytes", seconds["long"], seconds["files"], BYTES_LIMIT),
        ),
    )


def _pass_over(folder: Path, files: int, turns: int) -> Callable[[], object]:
    user_home = folder / "user"
    write_small_logs(user_home, files, turns)
    home = fresh_home(folder / "home", user_home)

    def ingest() -> object:
        return ingest_all(home, log=unheard)

    ingest()
    return ingest
