"""Made-up turns of a realistic shape, seeded, as the analyses get them: records, not logs.

In: a seed and how many turns. Out: turns with all that goes with them: what went back to the model, events, results that
failed, compactions. The context grows with every turn until it is compacted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random

from conformance.bench.invention import FEWEST_TURNS, MEDIAN_RESULT, MOST_TURNS, RESULT_SPREAD
from relayburn.pricing.table import PriceTable, table_from_wire
from relayburn.records import (
    UNSET,
    CompactionEvent,
    ContentRecord,
    ContentToolResult,
    Subagent,
    ToolCall,
    ToolResultEventRecord,
    TurnRecord,
    Usage,
    UserTurnBlock,
    UserTurnRecord,
)

_RATE = {"cacheRead": 0.3, "cacheWrite": 3.75, "reasoningMode": "same_as_output"}
_TIER = {"contextTokens": 100_000, "input": 6, "output": 22.5, "cacheRead": 0.6, "cacheWrite": 7.5}
PRICES: PriceTable = table_from_wire(
    {
        "claude-alpha-1": {"input": 3, "output": 15, **_RATE, "contextTiers": [_TIER]},
        "claude-beta-1": {"input": 1, "output": 5, **_RATE},
        "gamma-1": {"input": 2, "output": 8, **_RATE},
    }
)

_MODELS = {
    "claude-code": ("claude-alpha-1", "claude-alpha-1", "claude-beta-1"),
    "codex": ("gamma-1", "gamma-1", "gamma-2-unpriced"),
    "opencode": ("gamma-1", "claude-alpha-1"),
}
_TOOLS = {
    "claude-code": ("Read", "Read", "Bash", "Bash", "Grep", "Glob", "Edit", "Write", "Task"),
    "codex": ("exec_command", "exec_command", "apply_patch", "update_plan"),
    "opencode": ("read", "bash", "edit", "grep", "skill"),
}
_SHELL = frozenset({"Bash", "bash", "exec_command"})
_COMMANDS = (
    "pytest -q tests/{}",
    "git diff src/{}.py",
    "cat src/{}.py | head -50",
    "pnpm test:unit {}",
    "gh pr view {}",
)
_ACTIVITIES = ("coding", "debugging", "exploration", "testing", "conversation")
_PREFIX = 12_000
"""Tokens of context that every session starts with, and goes back to when it is compacted."""

_FULL = 180_000


@dataclass(slots=True)
class MadeUp:
    """Records of many sessions, one session after another."""

    turns: list[TurnRecord] = field(default_factory=list)
    user_turns: list[UserTurnRecord] = field(default_factory=list)
    events: list[ToolResultEventRecord] = field(default_factory=list)
    content: list[ContentRecord] = field(default_factory=list)
    compactions: list[CompactionEvent] = field(default_factory=list)


def many_sessions(seed: int, turns: int, times: int) -> MadeUp:
    """`turns` turns in sessions of 8 to 500, as many of which have less than 63 as have more.

    All that is made anew `times` times under other names, so that nothing but its size changes.
    """
    made = MadeUp()
    for copy in range(times):
        random = Random(seed)
        few, most = math.log(FEWEST_TURNS), math.log(MOST_TURNS)
        sources = cycle(_TOOLS)
        end = turns * (copy + 1)
        while (left := end - len(made.turns)) > 0:
            length = min(left, round(math.exp(random.uniform(few, most))))
            _Session(random, made, next(sources), copy).run(length)
    return made


def one_session(source: str, seed: int, turns: int, times: int) -> MadeUp:
    """One session of the harness `source` that has `turns` turns `times` times."""
    made = MadeUp()
    _Session(Random(seed), made, source).run(turns * times)
    return made


class _Session:
    def __init__(self, random: Random, made: MadeUp, source: str, copy: int = 0) -> None:
        self._random = random
        self._made = made
        self._id = f"{copy}-{random.getrandbits(64):016x}"
        self._source = source
        self._clock = datetime(2026, 3, 4, 9, 15, tzinfo=UTC) + timedelta(minutes=random.randrange(100_000))
        self._files = [f"src/{copy}/{random.getrandbits(24):06x}.py" for _ in range(random.randint(3, 40))]
        self._context = _PREFIX
        self._entered = random.randint(10, 400)
        self._name = self._target = ""
        self._failed = False

    def run(self, turns: int) -> None:
        """Add `turns` turns to the records."""
        for index in range(turns):
            self._turn(index)
            if self._context > _FULL:
                self._compact(index)

    def _turn(self, index: int) -> None:
        random = self._random
        calls = [self._call(index, place) for place in range(random.choice((0, 1, 1, 2, 2, 3)))]
        edits = any(call.name in ("Edit", "Write", "edit", "apply_patch") for call in calls)
        subagent = random.random() < 0.05
        self._made.turns.append(
            TurnRecord(
                source=self._source,
                session_id=self._id,
                message_id=f"{self._id}-{index}",
                turn_index=index,
                ts=self._now(),
                model=random.choice(_MODELS[self._source]),
                usage=Usage(
                    input=random.randint(1, 30),
                    output=random.randint(50, 900),
                    reasoning=random.choice((0, 0, 300)),
                    cache_read=self._context,
                    cache_create_5m=random.choice((0, self._entered)),
                    cache_create_1h=self._entered,
                ),
                tool_calls=calls,
                project="/home/mira/work/tally-api",
                subagent=Subagent(agent_id=f"agent-{index // 20}", subagent_type="explorer") if subagent else UNSET,
                stop_reason="tool-use" if calls else "end-turn",
                activity=random.choice(_ACTIVITIES),
                retries=random.choice((0, 0, 0, 1, 2)) if edits else 0,
                has_edits=edits,
            )
        )
        self._context += self._entered
        self._entered = random.randint(10, 400)
        self._results(index, calls)

    def _call(self, index: int, place: int) -> ToolCall:
        random = self._random
        if not self._failed or random.random() < 0.5:
            self._name = random.choice(_TOOLS[self._source])
            command = random.choice(_COMMANDS).format(random.randrange(30))
            self._target = command if self._name in _SHELL else random.choice(self._files)
        name, target, state = self._name, self._target, random.randrange(6)
        # What failed is often tried again as it is, and fails again.
        self._failed = random.random() < (0.5 if self._failed else 0.05)
        return ToolCall(
            id=f"{self._id}-{index}-{place}",
            name=name,
            args_hash=f"{_number_of(target):016x}",
            target="explorer" if name == "Task" else target,
            is_error=True if self._failed else UNSET,
            edit_pre_hash=f"{state:016x}" if name in ("Edit", "Write") else UNSET,
            edit_post_hash=f"{(state + 1) % 6:016x}" if name in ("Edit", "Write") else UNSET,
            skill_name=f"skill-{random.randrange(4)}" if name == "skill" else UNSET,
        )

    def _results(self, index: int, calls: list[ToolCall]) -> None:
        random, ts = self._random, self._now()
        blocks: list[UserTurnBlock] = []
        for place, call in enumerate(calls):
            size = min(120_000, round(MEDIAN_RESULT * math.exp(random.gauss(0, RESULT_SPREAD))))
            failed = call.is_error is True
            blocks.append(
                UserTurnBlock(kind="tool_result", tool_use_id=call.id, byte_len=size, approx_tokens=-(-size // 4))
            )
            self._entered += -(-size // 4)
            self._made.events.append(
                ToolResultEventRecord(
                    source=self._source,
                    session_id=self._id,
                    message_id=f"{self._id}-{index}",
                    tool_use_id=call.id,
                    event_index=3 * index + place,
                    ts=ts,
                    status="errored" if failed else "completed",
                    event_source="tool_result",
                    content_length=size,
                )
            )
            if failed:
                self._made.content.append(
                    ContentRecord(
                        source=self._source,
                        session_id=self._id,
                        message_id=f"{self._id}-{index}",
                        ts=ts,
                        role="tool_result",
                        kind="tool_result",
                        tool_result=ContentToolResult(
                            tool_use_id=call.id, content=f"Error {random.randrange(5)}: no such file\n" + "trace\n" * 40
                        ),
                    )
                )
        if not blocks:
            blocks.append(UserTurnBlock(kind="text", byte_len=400, approx_tokens=100))
        self._made.user_turns.append(
            UserTurnRecord(
                source=self._source, session_id=self._id, user_uuid=f"{self._id}-u{index}", ts=ts, blocks=blocks
            )
        )

    def _compact(self, index: int) -> None:
        self._made.compactions.append(
            CompactionEvent(
                source=self._source,
                session_id=self._id,
                ts=self._now(),
                preceding_message_id=f"{self._id}-{index}",
                tokens_before_compact=self._context,
            )
        )
        self._context = _PREFIX

    def _now(self) -> str:
        self._clock += timedelta(milliseconds=self._random.randint(200, 20_000))
        return self._clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number_of(text: str) -> int:
    """A number for `text` that is the same in every run, as `hash` is not."""
    return int.from_bytes(text.encode()[-8:], "big")
