"""Made-up Claude Code logs of a realistic shape, seeded.

In: a seed and how many bytes are wanted. Out: whole session logs: messages streamed in 1 to 4 lines, tool results of
which half are copied as `toolUseResult`, subagents, compactions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from conformance.bench.invention import Invention, Log, made_up_logs

_CWD = "/home/mira/work/tally-api"
_TOOLS = ("Read", "Read", "Bash", "Bash", "Grep", "Glob", "Edit", "Write", "WebFetch")
_MOST_LINES = 4


def claude_logs(seed: int, size: int) -> Iterator[Log]:
    """Session logs until at least `size` bytes are made, one file each."""
    return made_up_logs(seed, size, lambda invention: _Session(invention).log())


class _Session:
    def __init__(self, invention: Invention) -> None:
        self._invent = invention
        self._session_id = invention.uuid()
        self._lines: list[bytes] = []
        self._context = 12_000
        self._parent: str | None = None

    def log(self) -> Log:
        left = self._invent.turns()
        while left:
            self._prompt(self._invent.words(self._invent.random.randint(8, 120)))
            turns = min(left, self._invent.random.randint(2, 25))
            self._work(turns, sidechain=False)
            left -= turns
            if self._invent.happens(0.08):
                self._compact()
        return {f"{self._session_id}.jsonl": b"\n".join(self._lines) + b"\n"}

    def _work(self, turns: int, *, sidechain: bool) -> None:
        """Write `turns` messages, the last of which calls nothing."""
        left = turns - 1
        while left:
            if left > 2 and not sidechain and self._invent.happens(0.03):
                delegated = min(left - 1, self._invent.random.randint(2, 12))
                self._delegate(delegated)
                left -= delegated + 1
                continue
            calls = [self._call() for _ in range(self._invent.random.choice((1, 2, 2, 3)))]
            self._message(calls, sidechain=sidechain)
            for call in calls:
                self._result(call, sidechain=sidechain)
            left -= 1
        self._message([], sidechain=sidechain)

    def _delegate(self, turns: int) -> None:
        """Write a message that calls a subagent, and the `turns` messages of that."""
        task = {
            "subagent_type": "explorer",
            "description": self._invent.words(4),
            "prompt": self._invent.words(80),
        }
        call = {"type": "tool_use", "id": self._invent.identifier("toolu_01"), "name": "Task", "input": task}
        self._message([call], sidechain=False)
        main = self._parent
        self._write("user", {"role": "user", "content": task["prompt"]}, sidechain=True)
        self._work(turns, sidechain=True)
        self._parent = main
        self._result(call, sidechain=False)

    def _call(self) -> dict[str, Any]:
        invent = self._invent
        name = invent.random.choice(_TOOLS)
        path = f"{_CWD}/{invent.word()}/{invent.word()}.py"
        match name:
            case "Bash":
                arguments = {"command": invent.random.choice(("pytest -q ", "git diff ", "rg -n ", "ls ")) + path}
            case "Grep" | "Glob":
                arguments = {"pattern": invent.word(), "path": _CWD}
            case "Edit":
                arguments = {
                    "file_path": path,
                    "old_string": invent.text(invent.random.randint(40, 250)),
                    "new_string": invent.text(invent.random.randint(40, 300)),
                }
            case "Write":
                arguments = {"file_path": path, "content": invent.text(invent.random.randint(200, 600))}
            case "WebFetch":
                arguments = {"url": f"https://example.invalid/{invent.word()}", "prompt": invent.words(9)}
            case _:
                arguments = {"file_path": path}
        return {"type": "tool_use", "id": invent.identifier("toolu_01"), "name": name, "input": arguments}

    def _message(self, calls: list[dict[str, Any]], *, sidechain: bool) -> None:
        invent = self._invent
        blocks: list[dict[str, Any]] = []
        if invent.happens(0.2):
            thought = invent.words(invent.random.randint(15, 60))
            blocks.append({"type": "thinking", "thinking": thought, "signature": invent.ciphertext(200)})
        if not calls or invent.happens(0.25):
            blocks.append({"type": "text", "text": invent.words(invent.random.randint(8, 70))})
        blocks += calls
        lines = [[block] for block in blocks]
        while len(lines) > _MOST_LINES:
            lines[0] += lines.pop(1)
        message_id, request_id = invent.identifier("msg_01"), invent.identifier("req_01")
        written = invent.random.randint(200, 4000)
        for position, part in enumerate(lines, 1):
            last = position == len(lines)
            message = {
                "model": "claude-sonnet-4-6",
                "id": message_id,
                "type": "message",
                "role": "assistant",
                "content": part,
                "stop_reason": ("tool_use" if calls else "end_turn") if last else None,
                "stop_sequence": None,
                "usage": {
                    "input_tokens": invent.random.randint(1, 30),
                    "cache_creation_input_tokens": written,
                    "cache_read_input_tokens": self._context,
                    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": written},
                    "output_tokens": invent.random.randint(50, 900) if last else 8,
                    "service_tier": "standard",
                },
            }
            self._write("assistant", message, sidechain=sidechain, requestId=request_id)
        self._context += written

    def _result(self, call: dict[str, Any], *, sidechain: bool) -> None:
        text = self._invent.result()
        content: Any = [{"type": "text", "text": text}] if self._invent.happens(0.1) else text
        block = {"tool_use_id": call["id"], "type": "tool_result", "content": content}
        if self._invent.happens(0.05):
            block["is_error"] = True
        more: dict[str, Any] = {}
        if self._invent.happens(0.5):
            more["toolUseResult"] = {"stdout": text, "stderr": "", "interrupted": False, "isImage": False}
        self._write("user", {"role": "user", "content": [block]}, sidechain=sidechain, **more)

    def _prompt(self, text: str) -> None:
        self._write("user", {"role": "user", "content": text}, sidechain=False)

    def _compact(self) -> None:
        self._line(
            {
                "type": "system",
                "subtype": "compact_boundary",
                "content": "Conversation compacted",
                "sessionId": self._session_id,
                "timestamp": self._invent.timestamp(),
                "uuid": self._invent.uuid(),
                "compactMetadata": {"trigger": "auto", "preTokens": self._context},
            }
        )
        self._context = 12_000
        self._prompt("This session is being continued from a previous conversation. " + self._invent.words(400))

    def _write(self, kind: str, message: dict[str, Any], *, sidechain: bool, **more: Any) -> None:
        uuid = self._invent.uuid()
        self._line(
            {
                "parentUuid": self._parent,
                "isSidechain": sidechain,
                "userType": "external",
                "cwd": _CWD,
                "sessionId": self._session_id,
                "version": "2.1.7",
                "gitBranch": "main",
                "message": message,
                **more,
                "type": kind,
                "uuid": uuid,
                "timestamp": self._invent.timestamp(),
            }
        )
        self._parent = uuid

    def _line(self, value: dict[str, Any]) -> None:
        self._lines.append(orjson.dumps(value))
