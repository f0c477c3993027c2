"""What reading session logs costs, beside the least that any reader must do.

In: made-up logs of one harness. Out: the cost of turning them into records, against decoding every JSON value of them
(sizes by bytes) and against that plus counting every text that must be counted (cl100k).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import quicktok

from conformance.bench.harnesses import Harness
from conformance.bench.measure import Ratio, processor_seconds
from relayburn.reader.tokens import forget_counts
from relayburn.semantics import CURRENT, TS_1_10, Semantics

BYTES_LIMIT, BYTES_AIM = 6.0, 3.0
CL100K_LIMIT, CL100K_AIM = 2.0, 1.4


@dataclass(frozen=True, slots=True)
class ReadingCost:
    """The ratios of one harness, and of how many bytes they were taken; `tokenized` is the share of bytes counted."""

    harness: str
    size: int
    tokenized: float
    ratios: tuple[Ratio, ...]


def reading_cost(harness: Harness, logs: Sequence[Path]) -> ReadingCost:
    """Read `logs` in every way that is compared, and do what the floors are made of."""
    sources = [harness.source(log) for log in logs]
    texts = [text for source in sources for text in harness.counted(list(source.values()))]
    count = quicktok.get_encoding("cl100k_base").count

    def decode() -> None:
        for source in sources:
            for _ in source.values():
                pass

    def tokenize() -> None:
        for text in texts:
            count(text)

    def read(tokenizer: str, semantics: Semantics) -> Callable[[], Any]:
        def run() -> None:
            forget_counts()
            for log in logs:
                harness.read(log, tokenizer, semantics)

        return run

    seconds = processor_seconds(
        {
            "decode": decode,
            "tokenize": tokenize,
            "bytes": read("heuristic", CURRENT),
            "bytes ts-1.10": read("heuristic", TS_1_10),
            "cl100k": read("cl100k", CURRENT),
        }
    )
    floor = seconds["decode"] + seconds["tokenize"]
    size = sum(source.size for source in sources)
    return ReadingCost(
        harness.name,
        size,
        sum(len(text.encode()) for text in texts) / size,
        (
            Ratio("sizes by bytes, to decoding", seconds["bytes"], seconds["decode"], BYTES_LIMIT, BYTES_AIM),
            Ratio("the same under ts-1.10", seconds["bytes ts-1.10"], seconds["decode"], BYTES_LIMIT, BYTES_AIM),
            Ratio("cl100k, to decoding + quicktok", seconds["cl100k"], floor, CL100K_LIMIT, CL100K_AIM),
        ),
    )
