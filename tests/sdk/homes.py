"""Homes for the tests of the verbs: a ledger of made-up turns of several sessions, models and tools."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from relayburn.ledger.home import Home
from relayburn.records import to_wire
from tests.archive.ledgers import ledger, line, stamp
from tests.ledger.records import event, home_at, relationship, turn, user_turn

MODELS = ("claude-sonnet-4-6", "claude-opus-4-6", "gpt-5.4", "nobody-knows-1")
TOOLS = ("Bash", "Read", "Edit")
_USAGE = {"input": 100, "output": 0, "reasoning": 0, "cacheRead": 1000, "cacheCreate5m": 400, "cacheCreate1h": 0}
SESSIONS = tuple(f"s-{number}" for number in range(5))
VERBS: dict[str, dict[str, Any]] = {
    "summary": {},
    "session_cost": {"session": "s-1"},
    "overhead": {},
    "overhead_trim": {"include_diff": False},
    "hotspots": {},
    "compare": {"models": list(MODELS[:2]), "min_fidelity": "partial"},
    "spending_by_period": {},
    "spending_by_block": {},
    "standing": {"session": "s-1"},
}
"""The verbs that ask, with what they need to be asked."""


def made_up_home(path: Path, seed: int, turns: int = 60) -> Home:
    """A home with turns of five sessions; some are known again, newer; some are stamped."""
    chance = random.Random(seed)
    home = home_at(path / "burn")
    lines = [line("turn", _turn(chance, number)) for number in range(turns)]
    lines += [line("turn", _turn(chance, chance.randrange(turns))) for _ in range(turns // 6)]
    lines += [line("user_turn", user_turn(f"u-{n}", sessionId=chance.choice(SESSIONS))) for n in range(turns // 3)]
    lines += [line("tool_result_event", event(n, contentLength=chance.randrange(99_999))) for n in range(turns // 3)]
    lines += [line("relationship", relationship()), stamp({"sessionId": "s-2"}, {"workflowId": "w", "agentId": "a"})]
    ledger(home, *lines)
    return home


def _turn(chance: random.Random, number: int) -> dict[str, Any]:
    calls = [
        {
            "id": f"t-{number}-{nth}",
            "name": chance.choice(TOOLS),
            "argsHash": f"{chance.randrange(9):016x}",
            "target": "/a.py",
        }
        for nth in range(chance.randrange(4))
    ]
    return turn(
        f"m-{number}",
        SESSIONS[number % len(SESSIONS)],
        # Whole millionths of a dollar, so that no sum stands between two of them.
        usage={**_USAGE, "output": 10 * chance.randrange(500)},
        ts=f"2026-11-{20 - number % 9:02}T{number % 24:02}:00:00.000Z",
        turnIndex=number // len(SESSIONS),
        model=MODELS[chance.randrange(4)],
        toolCalls=calls,
        project=f"/p-{number % 2}",
        activity=chance.choice(("coding", "debugging")),
        retries=chance.randrange(3),
        hasEdits=chance.random() < 0.5,
    )


def say_the_same(one: Any, other: Any) -> bool:
    """Whether two answers differ in no more than the order of rows, and in sums no more than by their rounding."""
    numbers: tuple[list[float], list[float]] = ([], [])
    texts = [_unordered(to_wire(answer), found) for answer, found in zip((one, other), numbers, strict=True)]
    return texts[0] == texts[1] and sorted(numbers[0]) == pytest.approx(sorted(numbers[1]), abs=1.1e-6)


def _unordered(answer: Any, numbers: list[float]) -> Any:
    if isinstance(answer, dict):
        return {key: _unordered(value, numbers) for key, value in answer.items()}
    if isinstance(answer, list):
        return sorted((_unordered(each, numbers) for each in answer), key=repr)
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        numbers.append(answer)
        return "a number"
    return answer


def without_archive(home: Home) -> Home:
    """The home again, where no archive can be built: a file stands in its place."""
    home.archive.write_text("in the way")
    return home
