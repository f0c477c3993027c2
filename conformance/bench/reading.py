"""What reading a session log costs, beside the least that any reader must do.

In: made-up logs of one harness. Out: the cost of turning them into records, against `orjson.loads` of every line
(sizes by bytes) and against that plus counting every text that must be counted (cl100k).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import quicktok

from conformance.bench.measure import Ratio, processor_seconds
from relayburn.reader.claude import ClaudeOptions, parse_claude_session
from relayburn.semantics import CURRENT, TS_1_10, Semantics

BYTES_LIMIT, BYTES_AIM = 6.0, 3.0
CL100K_LIMIT, CL100K_AIM = 2.0, 1.4


@dataclass(frozen=True, slots=True)
class Harness:
    """How the logs of one harness are read. `counted` gives the texts of a decoded line whose tokens are counted."""

    name: str
    read: Callable[[Path, str, Semantics], Any]
    counted: Callable[[Any], Iterator[str]]


def _read_claude(path: Path, tokenizer: str, semantics: Semantics) -> Any:
    return parse_claude_session(path, ClaudeOptions(tokenizer=tokenizer), semantics=semantics)


def _counted_in_claude(line: Any) -> Iterator[str]:
    if line["type"] != "user":
        return
    content = line["message"]["content"]
    if isinstance(content, str):
        yield content
        return
    for block in content:
        result = block["content"]
        yield result if isinstance(result, str) else orjson.dumps(result).decode()


CLAUDE = Harness("Claude Code", _read_claude, _counted_in_claude)


@dataclass(frozen=True, slots=True)
class ReadingCost:
    """The ratios of one harness, and of how many bytes they were taken; `tokenized` is the share of bytes counted."""

    harness: str
    size: int
    tokenized: float
    ratios: tuple[Ratio, ...]


def reading_cost(harness: Harness, logs: Sequence[Path]) -> ReadingCost:
    """Read `logs` in every way that is compared, and the floors."""
    lines = [line for log in logs for line in log.read_bytes().splitlines()]
    texts = [text for line in lines for text in harness.counted(orjson.loads(line))]
    count = quicktok.get_encoding("cl100k_base").count

    def decode() -> None:
        for line in lines:
            orjson.loads(line)

    def tokenize() -> None:
        for text in texts:
            count(text)

    def read(tokenizer: str, semantics: Semantics) -> Callable[[], None]:
        def run() -> None:
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
    size = sum(map(len, lines))
    return ReadingCost(
        harness.name,
        size,
        sum(len(text.encode()) for text in texts) / size,
        (
            Ratio("sizes by bytes, to orjson", seconds["bytes"], seconds["decode"], BYTES_LIMIT, BYTES_AIM),
            Ratio("the same under ts-1.10", seconds["bytes ts-1.10"], seconds["decode"], BYTES_LIMIT, BYTES_AIM),
            Ratio("cl100k, to orjson + quicktok", seconds["cl100k"], floor, CL100K_LIMIT, CL100K_AIM),
        ),
    )
