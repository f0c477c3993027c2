"""Turns and prices for the tests of money: readable builders, and strategies that mix them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from relayburn.pricing.table import PriceTable, table_from_wire
from relayburn.records import Subagent, ToolCall, TurnRecord, Usage, UserTurnBlock, UserTurnRecord

OPUS = "claude-opus-x"
GPT = "gpt-x"
FREE = "free-x"
UNLISTED = "unlisted-x"


def entry(input_: Any = 5, output: Any = 25, cache_read: Any = 0.5, cache_write: Any = 6.25, **more: Any) -> Any:
    """One model's entry in wire form, at Opus-like prices."""
    figures = {"input": input_, "output": output, "cacheRead": cache_read, "cacheWrite": cache_write}
    return figures | {"reasoningMode": "same_as_output"} | more


def prices(**models: Any) -> PriceTable:
    """A table of Opus, GPT and a free model, or of the entries given (`_` stands for `-` in their names)."""
    listed = {name.replace("_", "-"): wire for name, wire in models.items()}
    return table_from_wire(listed or {OPUS: entry(), GPT: entry(1.25, 10, 0.125, 1.25), FREE: entry(0, 0, 0, 0)})


def scaled(table: PriceTable, factor: float) -> PriceTable:
    """`table` with every price times `factor`."""
    return table_from_wire(
        {
            model: entry(*(factor * price for price in (rate.input, rate.output, rate.cache_read, rate.cache_write)))
            for model, rate in table.items()
        }
    )


def turn(usage: Usage | None = None, /, **values: Any) -> TurnRecord:
    """A Claude Code turn of Opus."""
    defaults: dict[str, Any] = {
        "source": "claude-code",
        "session_id": "s1",
        "message_id": "m1",
        "turn_index": 0,
        "ts": "2026-03-02T09:00:00.000Z",
        "model": OPUS,
        "usage": usage or Usage(),
        "tool_calls": [],
    }
    return TurnRecord(**defaults | values)


def call(id_: str, name: str = "Read", target: Any = "/p/a.py", **values: Any) -> ToolCall:
    """A call of a tool."""
    return ToolCall(**{"id": id_, "name": name, "args_hash": f"hash-{target}", "target": target} | values)


def result(tool_use_id: str, tokens: Any, session: str = "s1") -> UserTurnRecord:
    """A user turn that gives back one tool result of so many tokens."""
    block = UserTurnBlock(kind="tool_result", tool_use_id=tool_use_id, byte_len=0, approx_tokens=tokens)
    return UserTurnRecord(source="claude-code", session_id=session, user_uuid="u", ts="", blocks=[block])


TOKENS = st.one_of(st.just(0), st.integers(1, 2000), st.integers(0, 400_000))
USAGES = st.builds(
    Usage,
    input=TOKENS,
    output=TOKENS,
    reasoning=TOKENS,
    cache_read=TOKENS,
    cache_create_5m=TOKENS,
    cache_create_1h=TOKENS,
)
MODELS = st.sampled_from([OPUS, GPT, FREE, UNLISTED, f"anthropic/{OPUS}", ""])
SESSIONS = st.sampled_from(["s1", "s2", "s3"])
_SUBAGENTS = st.builds(
    Subagent,
    agent_id=st.sampled_from(["a1", "a2", "a3", ""]),
    parent_agent_id=st.sampled_from(["a1", "a2", "s1", "nobody"]),
    subagent_type=st.sampled_from(["Explore", "Plan"]),
)


@st.composite
def turns(draw: st.DrawFn, most: int = 12) -> list[TurnRecord]:
    """Turns of a few sessions, models and sources, some with tool calls and some of subagents."""
    made: list[TurnRecord] = []
    for index in range(draw(st.integers(0, most))):
        calls = draw(st.lists(st.sampled_from(["Read", "Bash", "Task", "Grep"]), max_size=3))
        values: dict[str, Any] = {"subagent": draw(_SUBAGENTS)} if draw(st.integers(0, 3)) == 0 else {}
        made.append(
            turn(
                draw(USAGES),
                session_id=draw(SESSIONS),
                message_id=f"m{index}",
                turn_index=index,
                source=draw(st.sampled_from(["claude-code", "codex", "opencode"])),
                model=draw(MODELS),
                tool_calls=[
                    call(f"t{index}-{place}", name, draw(st.sampled_from(["/p/a", "/p/b", "ls"])))
                    for place, name in enumerate(calls)
                ],
                activity=draw(st.sampled_from(["coding", "testing"])),
                has_edits=draw(st.booleans()),
                retries=draw(st.integers(0, 3)),
                **values,
            )
        )
    return made


def results_of(draw: st.DrawFn, made: list[TurnRecord]) -> dict[Any, list[UserTurnRecord]]:
    """What went back to the model, by session; some results are not known."""
    sessions: dict[Any, list[UserTurnRecord]] = {}
    for spoken in made:
        for asked in spoken.tool_calls:
            if draw(st.integers(0, 4)):
                size = draw(st.one_of(st.just(0), st.integers(1, 60_000)))
                sessions.setdefault(spoken.session_id, []).append(result(asked.id, size, spoken.session_id))
    return sessions


@st.composite
def conversations(draw: st.DrawFn, most: int = 12) -> tuple[list[TurnRecord], dict[Any, list[UserTurnRecord]]]:
    """Turns, and what went back to the model by session."""
    made = draw(turns(most))
    return made, results_of(draw, made)
