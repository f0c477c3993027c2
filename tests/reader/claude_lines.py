"""Lines of Claude Code logs for tests: readable builders, and hypothesis strategies that mix them wildly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from relayburn.reader.claude import ClaudeOptions, ClaudeSession, parse_claude_session
from relayburn.semantics import CURRENT, Semantics

SESSION = "11111111-2222-3333-4444-555555555555"
USAGE = {
    "input_tokens": 10,
    "output_tokens": 20,
    "cache_read_input_tokens": 30,
    "cache_creation_input_tokens": 40,
    "cache_creation": {"ephemeral_5m_input_tokens": 15, "ephemeral_1h_input_tokens": 25},
}


def user(content: Any, uuid: str = "u1", **more: Any) -> dict[str, Any]:
    """A user line."""
    message = {"role": "user", "content": content}
    return {"type": "user", "sessionId": SESSION, "uuid": uuid, "timestamp": "t", "message": message, **more}


def assistant(
    message_id: str = "m1",
    content: Any = "",
    *,
    usage: Any = USAGE,
    stop_reason: Any = "end_turn",
    uuid: str = "a1",
    model: str = "claude-sonnet-4-6",
    **more: Any,
) -> dict[str, Any]:
    """An assistant line; `usage=...` (the ellipsis) leaves the key out."""
    message = {"id": message_id, "role": "assistant", "model": model, "content": content, "stop_reason": stop_reason}
    if usage is not ...:
        message["usage"] = usage
    return {"type": "assistant", "sessionId": SESSION, "uuid": uuid, "timestamp": "t", "message": message, **more}


def text(value: str) -> dict[str, Any]:
    """A text block."""
    return {"type": "text", "text": value}


def tool_use(tool_id: str, name: str = "Bash", **arguments: Any) -> dict[str, Any]:
    """A tool call block."""
    return {"type": "tool_use", "id": tool_id, "name": name, "input": arguments}


def tool_result(tool_id: str, content: Any = "ok", **more: Any) -> dict[str, Any]:
    """A tool result block."""
    return {"type": "tool_result", "tool_use_id": tool_id, "content": content, **more}


def log(*lines: Any) -> bytes:
    """The bytes of a log; texts and bytes stand for themselves."""
    return b"".join(_bytes(line) + b"\n" for line in lines)


def _bytes(line: Any) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode("utf-8", "surrogatepass")


def parse(path: Path, *lines: Any, semantics: Semantics = CURRENT, **options: Any) -> ClaudeSession:
    """Write a log of `lines` below `path` and read it whole, with sizes by bytes unless told otherwise."""
    file = path / "session.jsonl"
    file.write_bytes(log(*lines))
    return parse_claude_session(file, ClaudeOptions(**{"tokenizer": "heuristic", **options}), semantics=semantics)


UUIDS = st.sampled_from(["u1", "u2", "u3", "u4", "u5", "u6", ""])
MESSAGE_IDS = st.sampled_from(["m1", "m2", "m3", "m4"])
TOOL_IDS = st.sampled_from(["t1", "t2", "t3"])
SESSIONS = st.sampled_from([SESSION, "other-session"])
TEXTS = st.sampled_from(["fix the bug", "hello", "", "/resume abc", "Caveat: x", "<command-name>/x", "naïve 🙂"])
COUNTS = st.integers(0, 1000)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
"""Any JSON value; its texts may hold what only an escape can write."""

_BLOCKS = st.one_of(
    TEXTS.map(text),
    st.builds(tool_use, TOOL_IDS, st.sampled_from(["Bash", "Read", "Task", "Edit"]), file_path=TEXTS, command=TEXTS),
    st.builds(tool_result, TOOL_IDS, TEXTS | st.lists(TEXTS.map(text), max_size=2), is_error=st.booleans()),
    st.fixed_dictionaries({"type": st.just("thinking"), "thinking": TEXTS}),
)
_USAGES = st.one_of(
    st.just(...),
    st.none(),
    st.fixed_dictionaries(
        {},
        optional={
            "input_tokens": COUNTS,
            "output_tokens": COUNTS,
            "cache_read_input_tokens": COUNTS,
            "cache_creation_input_tokens": COUNTS,
        },
    ),
)
_LINKS = st.fixed_dictionaries(
    {},
    optional={
        "parentUuid": UUIDS | st.none(),
        "isSidechain": st.booleans(),
        "version": st.sampled_from(["2.1.7", ""]),
        "forkSessionId": SESSIONS,
        "continuedFromSessionId": SESSIONS,
        "cwd": st.sampled_from(["/nowhere/a", "/nowhere/b"]),
        "sessionId": SESSIONS | st.none(),
        "origin": st.just({"kind": "task-notification"}),
    },
)


STOP_REASONS = st.sampled_from([None, "end_turn", "tool_use"])


@st.composite
def entries(draw: st.DrawFn, stop_reasons: st.SearchStrategy[Any] = STOP_REASONS) -> Any:
    """One plausible line of a log, often linked to others by few ids."""
    more = draw(_LINKS)
    blocks = draw(TEXTS | st.lists(_BLOCKS, max_size=3))
    uuid = draw(UUIDS)
    match draw(st.sampled_from(["user", "assistant", "assistant", "system"])):
        case "user":
            return user(blocks, uuid, **more)
        case "assistant":
            return assistant(
                draw(MESSAGE_IDS), blocks, usage=draw(_USAGES), stop_reason=draw(stop_reasons), uuid=uuid, **more
            )
        case _:
            line = {"type": "system", "sessionId": SESSION, "uuid": uuid, **more}
            if draw(st.booleans()):
                return {**line, "subtype": "compact_boundary"}
            return {**line, "toolUseId": draw(TOOL_IDS), "agentId": "agent", "status": draw(TEXTS)}
