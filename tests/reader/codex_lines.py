"""Lines of Codex rollouts for tests: readable builders, and hypothesis strategies that mix them wildly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from relayburn.reader.codex import CodexOptions, CodexSession, parse_codex_session
from relayburn.semantics import CURRENT, Semantics

SESSION = "s1"
TIME = "2026-03-04T05:06:07.000Z"


def line(kind: str, timestamp: Any = TIME, /, **payload: Any) -> dict[str, Any]:
    """A line of `kind`; a timestamp of `...` leaves the key out."""
    value: dict[str, Any] = {"type": kind, "payload": payload}
    return value if timestamp is ... else {"timestamp": timestamp, **value}


def meta(session_id: Any = SESSION, **more: Any) -> dict[str, Any]:
    """A `session_meta`."""
    return line("session_meta", id=session_id, **more)


def context(turn_id: Any, **more: Any) -> dict[str, Any]:
    """A `turn_context`."""
    return line("turn_context", turn_id=turn_id, **more)


def event(kind: str, timestamp: Any = TIME, /, **more: Any) -> dict[str, Any]:
    """An `event_msg`."""
    return line("event_msg", timestamp, type=kind, **more)


def started(turn_id: Any, timestamp: Any = TIME) -> dict[str, Any]:
    """A `task_started`."""
    return event("task_started", timestamp, turn_id=turn_id)


def complete(turn_id: Any) -> dict[str, Any]:
    """A `task_complete`."""
    return event("task_complete", turn_id=turn_id)


def used(input: Any = 0, cached: Any = 0, output: Any = 0, reasoning: Any = 0) -> dict[str, Any]:
    """A `token_count` with these running totals."""
    return usage(
        input_tokens=input, cached_input_tokens=cached, output_tokens=output, reasoning_output_tokens=reasoning
    )


def usage(**totals: Any) -> dict[str, Any]:
    """A `token_count` with just these keys."""
    return event("token_count", info={"total_token_usage": totals})


def item(kind: str, timestamp: Any = TIME, /, **more: Any) -> dict[str, Any]:
    """A `response_item`."""
    return line("response_item", timestamp, type=kind, **more)


def says(role: Any, *texts: Any, timestamp: Any = TIME) -> dict[str, Any]:
    """A message of one block per text."""
    return item("message", timestamp, role=role, content=[{"type": "input_text", "text": text} for text in texts])


def call(call_id: Any, name: Any = "exec_command", arguments: Any = "{}", timestamp: Any = TIME) -> dict[str, Any]:
    """A function call; arguments that are no text are written as JSON text."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return item("function_call", timestamp, name=name, call_id=call_id, arguments=text)


def patch(call_id: Any, text: Any) -> dict[str, Any]:
    """A call of `apply_patch`."""
    return item("custom_tool_call", name="apply_patch", call_id=call_id, input=text)


def output(call_id: Any, value: Any = "ok", timestamp: Any = TIME) -> dict[str, Any]:
    """The output of a function call."""
    return item("function_call_output", timestamp, call_id=call_id, output=value)


def log(*lines: Any) -> bytes:
    """The bytes of a log; texts and bytes stand for themselves."""
    return b"".join(_bytes(line) + b"\n" for line in lines)


def _bytes(line: Any) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode("utf-8", "surrogatepass")


def parse(path: Path, *lines: Any, semantics: Semantics = CURRENT, **options: Any) -> CodexSession:
    """Write a log of `lines` below `path` and read it whole, with sizes by bytes unless told otherwise."""
    file = path / "rollout.jsonl"
    file.write_bytes(log(*lines))
    return parse_codex_session(file, CodexOptions(**{"tokenizer": "heuristic", **options}), semantics=semantics)


TURN_IDS = st.sampled_from(["t1", "t2", "t3", ""])
CALL_IDS = st.sampled_from(["c1", "c2", "c3", ""])
CHILD_IDS = st.sampled_from(["child1", "child2", ""])
TEXTS = st.sampled_from(["fix the bug", "", " ", "<permissions all>", "naïve 🙂", "a\nb"])
TIMES = st.sampled_from([TIME, "t1", "t2", "t3", "t4", "", None, ..., 7])
COUNTS = st.integers(0, 1000)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
"""Any JSON value; its texts may hold what only an escape can write."""

_CHILDREN = st.fixed_dictionaries({}, optional={"agent_id": CHILD_IDS, "session_id": CHILD_IDS, "type": TEXTS})
_NAMES = st.sampled_from(["exec_command", "spawn_agent", "read_file", "spawn_agent"])
_OUTPUTS = st.one_of(TEXTS, st.none(), _CHILDREN, _CHILDREN.map(json.dumps), JSON_VALUES)
_STATUSES = st.fixed_dictionaries({}, optional={"success": st.booleans(), "status": st.sampled_from(["failed", "x"])})


def _lines(session_ids: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    origins = st.fixed_dictionaries(
        {},
        optional={
            "cwd": st.sampled_from(["/nowhere/a", "/nowhere/b"]),
            "forkSessionId": st.sampled_from(["s1", "parent"]),
            "continued_from_session_id": st.sampled_from(["s2", "parent"]),
            "cli_version": st.just("0.98.2"),
            "timestamp": st.sampled_from(["", TIME, 7]),
        },
    )
    models = st.fixed_dictionaries({}, optional={"model": TEXTS | COUNTS, "cwd": TEXTS})
    ends = st.fixed_dictionaries({"turn_id": TURN_IDS, "call_id": CALL_IDS})
    return st.one_of(
        st.builds(started, TURN_IDS, TIMES),
        st.builds(complete, TURN_IDS),
        st.builds(complete, TURN_IDS),
        st.builds(used, st.integers(500, 5000), COUNTS, COUNTS, COUNTS),
        st.builds(lambda session_id, more: meta(session_id, **more), session_ids, origins),
        st.builds(lambda turn_id, more: context(turn_id, **more), TURN_IDS, models),
        st.builds(says, st.sampled_from(["user", "assistant", "system"]), TEXTS, timestamp=TIMES),
        st.builds(call, CALL_IDS, _NAMES, _CHILDREN, TIMES),
        st.builds(output, CALL_IDS, _OUTPUTS, TIMES),
        st.builds(patch, CALL_IDS, st.sampled_from(["*** Update File: a.py", "no header"])),
        st.builds(lambda more, code: event("exec_command_end", **more, exit_code=code), ends, st.integers(0, 1)),
        st.builds(lambda more, done: event("patch_apply_end", **more, success=done), ends, st.booleans()),
        st.builds(
            lambda call_id, children, status: event("subagent_done", call_id=call_id, **children, **status),
            CALL_IDS,
            _CHILDREN.map(lambda fields: {key: value for key, value in fields.items() if key != "type"}),
            _STATUSES,
        ),
        st.just(line("compacted")),
        st.sampled_from([b"{", b"", b"\xef\xbb\xbf", b'"text"', b'{"type":"event_msg","payload":5}']),
    )


_STRAY = st.lists(_lines(st.sampled_from(["s1", "s1", "s2", ""])), max_size=4)
_TURNS = st.builds(
    lambda turn_id, inside: [started(turn_id), *inside, complete(turn_id)],
    TURN_IDS,
    st.lists(_lines(st.just("s1")).filter(lambda line: not _ends_a_turn(line)), max_size=8),
)
ROLLOUTS = st.lists(st.one_of(_TURNS, _TURNS, _STRAY), max_size=8).map(
    lambda parts: log(*(line for part in parts for line in part))
)
"""Plausible rollouts, with interrupted turns, repeated ids and late outputs; session ids may change."""


def _ends_a_turn(line: Any) -> bool:
    return isinstance(line, dict) and line["payload"].get("type") in ("task_started", "task_complete")
