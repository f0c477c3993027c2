"""OpenCode storage trees, built in a test folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from relayburn.reader.opencode import (
    OpencodeIncrement,
    OpencodeOptions,
    OpencodeSession,
    parse_opencode_session,
    parse_opencode_session_incremental,
)
from relayburn.semantics import TS_1_10, Semantics

START_MS = 1_784_548_800_000
"""2026-07-20T12:00:00.000Z, the time of second 0."""


class Tree:
    """A storage tree with one session; times are in seconds after `START_MS`."""

    def __init__(self, root: Path, session_id: str = "ses_1", **session: Any) -> None:
        self.root = root
        self.session_id = session_id
        self.session_file = root / "session" / "global" / f"{session_id}.json"
        self.write(self.session_file, {"id": session_id, **session})
        self._parts = 0

    def write(self, path: Path, value: Any) -> Path:
        """One JSON value in a file; bytes are written as they are."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
        return path

    def message(self, role: str, message_id: str, second: float, *parts: Any, **fields: Any) -> None:
        """A message and its parts, which get ids in the order given."""
        value = {
            "id": message_id,
            "sessionID": self.session_id,
            "role": role,
            "time": {"created": START_MS + second * 1000},
            **fields,
        }
        self.write(self.root / "message" / self.session_id / f"{message_id}.json", value)
        for part in parts:
            self._parts += 1
            self.part(message_id, f"prt_{self._parts:04}", part)

    def part(self, message_id: str, part_id: str, part: Any) -> Path:
        """One part in its file; an object gets the ids that OpenCode gives it."""
        if isinstance(part, dict):
            part = {"id": part_id, "sessionID": self.session_id, "messageID": message_id, **part}
        return self.write(self.root / "part" / message_id / f"{part_id}.json", part)

    def user(self, message_id: str, second: float, *parts: Any, **fields: Any) -> None:
        self.message("user", message_id, second, *parts, **fields)

    def assistant(self, message_id: str, second: float, *parts: Any, **fields: Any) -> None:
        self.message("assistant", message_id, second, *parts, **fields)

    def parse(self, *, semantics: Semantics = TS_1_10, **options: Any) -> OpencodeSession:
        """The session under the heuristic tokenizer unless another is named."""
        return parse_opencode_session(self.session_file, _options(options), semantics=semantics)

    def parse_beyond(self, *seen: str, semantics: Semantics = TS_1_10, **options: Any) -> OpencodeIncrement:
        """What the session has beyond the messages `seen`."""
        return parse_opencode_session_incremental(
            self.session_file, _options({"seen_message_ids": seen, **options}), semantics=semantics
        )


def _options(options: dict[str, Any]) -> OpencodeOptions:
    return OpencodeOptions(**{"tokenizer": "heuristic", **options})


def text(value: str, **fields: Any) -> dict[str, Any]:
    """A text part."""
    return {"type": "text", "text": value, **fields}


def tool(call_id: str, name: str = "bash", **state: Any) -> dict[str, Any]:
    """A tool part with a state of these fields."""
    return {"type": "tool", "callID": call_id, "tool": name, "state": {"status": "completed", **state}}


def step_finish(reason: str, **tokens: Any) -> dict[str, Any]:
    """The part that ends a step."""
    return {"type": "step-finish", "reason": reason, "tokens": tokens}


def tokens(input: int = 0, output: int = 0, read: int = 0) -> dict[str, Any]:
    """A message's tokens."""
    return {"input": input, "output": output, "reasoning": 0, "cache": {"read": read, "write": 0}}
