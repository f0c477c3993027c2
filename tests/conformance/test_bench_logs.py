"""Made-up logs have the shape that real ones have; otherwise the benchmarks would measure something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import pytest

from conformance.bench.harnesses import HARNESSES
from conformance.bench.invention import MAX_RESULT, MEDIAN_RESULT, Log, write_log
from relayburn.reader.claude import parse_claude_session
from relayburn.reader.codex import parse_codex_session
from relayburn.reader.opencode import parse_opencode_session
from relayburn.semantics import CURRENT, TS_1_10

SIZE = 2_000_000
SEEDS = (1, 2, 77)


@dataclass(frozen=True)
class Shape:
    """Where one harness writes down what.

    `results` gives each tool result's content and its copy, or None; `reported` how many of them give an event.
    """

    results: Callable[[Sequence[Any]], Iterator[tuple[Any, Any]]]
    reported: Callable[[Sequence[Any]], int]
    texts: Callable[[Sequence[Any]], Iterator[str]]
    turns: Callable[[Sequence[Any]], int]
    read: Callable[..., Any]


def _claude_blocks(lines: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for line in lines:
        content = line.get("message", {}).get("content", [])
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else content:
            yield line, block


def _claude_results(lines: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for line, block in _claude_blocks(lines):
        if block["type"] == "tool_result":
            yield block["content"], line.get("toolUseResult")


def _claude_reported(lines: Sequence[Any]) -> int:
    return len(list(_claude_results(lines)))


def _claude_texts(lines: Sequence[Any]) -> Iterator[str]:
    for _, block in _claude_blocks(lines):
        if block["type"] in ("text", "thinking"):
            yield block[block["type"]]


def _claude_turns(lines: Sequence[Any]) -> int:
    return len({line["message"]["id"] for line in lines if line["type"] == "assistant"})


def _codex_results(lines: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    payloads = [line["payload"] for line in lines]
    copies = {
        payload["call_id"]: payload["aggregated_output"] for payload in payloads if "aggregated_output" in payload
    }
    for payload in payloads:
        if "output" in payload:
            yield payload["output"], copies.get(payload["call_id"])


def _codex_reported(lines: Sequence[Any]) -> int:
    """All but those of turns that were interrupted."""
    reported = in_turn = 0
    for line in lines:
        match line["payload"].get("type"):
            case "task_started":
                in_turn = 0
            case "function_call_output" | "custom_tool_call_output":
                in_turn += 1
            case "task_complete":
                reported += in_turn
    return reported


def _codex_texts(lines: Sequence[Any]) -> Iterator[str]:
    for line in lines:
        if line["payload"].get("type") in ("message", "reasoning"):
            for block in line["payload"].get("content") or line["payload"]["summary"]:
                yield block["text"]


def _codex_turns(lines: Sequence[Any]) -> int:
    return sum(line["payload"].get("type") == "task_started" for line in lines)


def _opencode_results(values: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
    for value in values:
        if value.get("type") == "tool":
            yield value["state"]["output"], value["state"]["metadata"].get("output")


def _opencode_reported(values: Sequence[Any]) -> int:
    return len(list(_opencode_results(values)))


def _opencode_texts(values: Sequence[Any]) -> Iterator[str]:
    for value in values:
        if value.get("type") in ("text", "reasoning"):
            yield value["text"]


def _opencode_turns(values: Sequence[Any]) -> int:
    return sum(value.get("role") == "assistant" for value in values)


SHAPES = {
    "claude": Shape(_claude_results, _claude_reported, _claude_texts, _claude_turns, parse_claude_session),
    "codex": Shape(_codex_results, _codex_reported, _codex_texts, _codex_turns, parse_codex_session),
    "opencode": Shape(_opencode_results, _opencode_reported, _opencode_texts, _opencode_turns, parse_opencode_session),
}


@cache
def made_up(harness: str, seed: int) -> list[Log]:
    return list(HARNESSES[harness].logs(seed, SIZE))


@cache
def sessions(harness: str, seed: int) -> list[list[Any]]:
    """Every JSON value of every session. Raises where there is a line that holds none."""
    return [
        [
            orjson.loads(text)
            for name, data in log.items()
            for text in (data.splitlines() if name.endswith(".jsonl") else [data])
        ]
        for log in made_up(harness, seed)
    ]


def text_of(result: Any) -> str:
    """The tool's own text in a result, which may be structured."""
    if isinstance(result, dict):
        return result["report"]
    return result if isinstance(result, str) else result[0]["text"]


def results_of(harness: str, seed: int) -> list[tuple[Any, Any]]:
    return [result for values in sessions(harness, seed) for result in SHAPES[harness].results(values)]


every_harness = pytest.mark.parametrize("harness", list(SHAPES))
every_seed = pytest.mark.parametrize("seed", SEEDS)


@every_harness
@every_seed
def test_tool_results_are_most_of_the_bytes(harness: str, seed: int) -> None:
    size = sum(len(data) for log in made_up(harness, seed) for data in log.values())

    told = sum(
        len(orjson.dumps(piece)) for result in results_of(harness, seed) for piece in result if piece is not None
    )

    assert 0.70 <= told / size <= 0.85


@every_harness
@every_seed
def test_half_of_the_tool_results_are_written_twice(harness: str, seed: int) -> None:
    results = results_of(harness, seed)

    copied = sum(copy is not None for _, copy in results)

    assert 0.4 < copied / len(results) < 0.6


@every_harness
@every_seed
def test_tool_results_are_log_normal_up_to_a_limit(harness: str, seed: int) -> None:
    sizes = sorted(len(text_of(result).encode()) for result, _ in results_of(harness, seed))

    assert 0.8 * MEDIAN_RESULT <= median(sizes) <= 1.2 * MEDIAN_RESULT
    assert 0.9 * MAX_RESULT < sizes[-1] <= MAX_RESULT
    quarter, three_quarters = sizes[len(sizes) // 4], sizes[3 * len(sizes) // 4]
    assert quarter * three_quarters == pytest.approx(median(sizes) ** 2, rel=0.25)


@every_harness
@every_seed
def test_sessions_have_8_to_500_turns(harness: str, seed: int) -> None:
    turns = [SHAPES[harness].turns(values) for values in sessions(harness, seed)]

    assert all(8 <= number <= 500 for number in turns)


@every_harness
@every_seed
def test_no_text_is_repeated(harness: str, seed: int) -> None:
    shape = SHAPES[harness]

    texts = Counter(
        text
        for values in sessions(harness, seed)
        for text in [*shape.texts(values), *(text_of(result) for result, _ in shape.results(values))]
    )

    assert [text for text, times in texts.items() if times > 1] == []


@every_harness
def test_one_seed_makes_one_log(harness: str) -> None:
    again = list(HARNESSES[harness].logs(1, SIZE))

    assert again == made_up(harness, 1)
    assert made_up(harness, 2) != again


@every_harness
@pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)
def test_our_readers_take_every_line(harness: str, semantics: Any, tmp_path: Path) -> None:
    shape = SHAPES[harness]
    for number, (log, values) in enumerate(zip(made_up(harness, 1), sessions(harness, 1), strict=True)):
        path = write_log(tmp_path / str(number), log)

        read = shape.read(path, semantics=semantics)

        assert len(read.turns) == shape.turns(values)
        results = [event for event in read.tool_result_events if event.event_source != "subagent_notification"]
        assert len(results) == shape.reported(values)


@every_harness
def test_what_must_be_counted_is_what_the_readers_count(harness: str, tmp_path: Path) -> None:
    row = HARNESSES[harness]
    for number, log in enumerate(made_up(harness, 1)):
        path = write_log(tmp_path / str(number), log)
        counted = sum(len(text.encode()) for text in row.counted(list(row.source(path).values())))

        read = SHAPES[harness].read(path, semantics=CURRENT)

        measured = sum(block.byte_len for turn in read.user_turns for block in turn.blocks)
        # The blocks of the last turn wait for one that follows it.
        assert 0.9 * counted <= measured <= counted


@every_seed
def test_claude_messages_are_streamed_in_1_to_4_lines(seed: int) -> None:
    lines = Counter(
        line["message"]["id"] for lines in sessions("claude", seed) for line in lines if line["type"] == "assistant"
    )

    assert set(lines.values()) == {1, 2, 3, 4}
