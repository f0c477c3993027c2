"""Generated OpenCode values: sessions as OpenCode writes them, and JSON that looks like them in its keys alone."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.reader.opencode_tree import START_MS

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.sampled_from(["", "s", "m", "assistant", "user", "text", "tool", "step-finish", "compaction", "idle", "error"]),
)

KEYS = st.sampled_from(
    [
        *("id", "sessionID", "messageID", "partID", "parentID", "directory", "role", "time", "created", "info", "part"),
        *("type", "payload", "properties", "status", "text", "synthetic", "callID", "tool", "state", "input", "output"),
        *("metadata", "exit", "reason", "tokens", "cache", "read", "write", "reasoning", "path", "cwd", "modelID"),
        *("providerID", "filePath", "command", "skill", "name"),
    ]
)

ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=20,
)

CALL_IDS = st.sampled_from(["c1", "c2", "c3"])
TOKENS = st.fixed_dictionaries(
    {},
    optional={
        "input": st.integers(0, 10**6),
        "output": st.integers(0, 10**6),
        "reasoning": st.integers(0, 10**3),
        "cache": st.fixed_dictionaries({}, optional={"read": st.integers(0, 10**6), "write": st.integers(0, 10**6)}),
    },
)

PARTS = st.one_of(
    st.builds(lambda value: {"type": "text", "text": value}, st.text(max_size=30)),
    st.builds(lambda value: {"type": "text", "text": value, "synthetic": True}, st.text(max_size=30)),
    st.builds(
        lambda call_id, name, state: {"type": "tool", "callID": call_id, "tool": name, "state": state},
        CALL_IDS,
        st.sampled_from(["read", "edit", "bash", "skill", "task", "other"]),
        st.fixed_dictionaries(
            {"status": st.sampled_from(["completed", "error", "running"])},
            optional={
                "input": st.dictionaries(KEYS, SCALARS, max_size=3),
                "output": st.one_of(st.text(max_size=30), ANY_JSON),
                "metadata": st.fixed_dictionaries({"exit": st.integers(0, 2)}),
            },
        ),
    ),
    st.builds(
        lambda reason, tokens: {"type": "step-finish", "reason": reason, "tokens": tokens},
        st.sampled_from(["stop", "tool-calls"]),
        TOKENS,
    ),
    st.just({"type": "reasoning", "text": "hm"}),
)


@st.composite
def sessions(draw: st.DrawFn) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The messages of a session `s` with their parts, in any order of time; every assistant message has tokens."""
    found = []
    for index in range(draw(st.integers(0, 7))):
        role = draw(st.sampled_from(["assistant", "assistant", "user"]))
        message: dict[str, Any] = {
            "id": f"m{index}",
            "sessionID": "s",
            "role": role,
            "time": {"created": START_MS + draw(st.integers(0, 6)) * 1000},
        }
        if role == "assistant":
            message["tokens"] = draw(TOKENS)
        parts = [
            {"id": f"p{index}_{number}", "sessionID": "s", "messageID": message["id"], **part}
            for number, part in enumerate(draw(st.lists(PARTS, max_size=4)))
        ]
        found.append((message, parts))
    return found
