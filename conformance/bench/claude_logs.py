"""Made-up Claude Code logs of a realistic shape, seeded.

In: a seed and how many bytes are wanted. Out: the bytes of whole session logs: streamed messages of 1 to 4 lines, tool
results that are most of the bytes (median 1.5 kB, at most 30 kB, half of them copied as `toolUseResult`), subagents,
compactions, sessions of 8 to 500 turns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from conformance.bench.prose import Prose

MEDIAN_RESULT = 1500
MAX_RESULT = 30_000
_CWD = "/home/mira/work/tally-api"
_TOOLS = ("Read", "Read", "Bash", "Bash", "Grep", "Glob", "Edit", "Write", "WebFetch")


def claude_logs(seed: int, size: int) -> Iterator[bytes]:
    """Session logs until at least `size` bytes are made."""
    made = 0
    number = 0
    while made < size:
        log = _Session(seed * 10_000 + number).log()
        yield log
        made += len(log)
        number += 1


class _Session:
    def __init__(self, seed: int) -> None:
        self._prose = Prose(seed)
        self._random = self._prose.random
        self._session_id = self._uuid()
        self._clock = datetime(2026, 3, 4, 9, 15, tzinfo=UTC)
        self._lines: list[bytes] = []
        self._context = 12_000
        self._parent: str | None = None

    def log(self) -> bytes:
        turns = round(math.exp(self._random.uniform(math.log(8), math.log(500))))
        done = 0
        while done < turns:
            self._prompt(self._prose.words(self._random.randint(8, 120)))
            done += self._work(self._random.randint(2, 25), sidechain=False)
            if self._random.random() < 0.08:
                self._compact()
        return b"\n".join(self._lines) + b"\n"

    def _work(self, turns: int, *, sidechain: bool) -> int:
        done = 0
        for _ in range(turns):
            done += 1
            if not sidechain and self._random.random() < 0.03:
                done += self._delegate()
                continue
            calls = [self._call() for _ in range(self._random.choice((1, 1, 2, 2, 3)))]
            self._message(calls, sidechain=sidechain)
            for call in calls:
                self._result(call, sidechain=sidechain)
        self._message([], sidechain=sidechain)
        return done + 1

    def _delegate(self) -> int:
        task = {"subagent_type": "explorer", "description": self._prose.words(4), "prompt": self._prose.words(80)}
        call = {"type": "tool_use", "id": self._id("toolu_"), "name": "Task", "input": task}
        self._message([call], sidechain=False)
        main = self._parent
        self._write("user", {"role": "user", "content": task["prompt"]}, sidechain=True)
        done = self._work(self._random.randint(2, 12), sidechain=True)
        self._parent = main
        self._result(call, sidechain=False)
        return done

    def _call(self) -> dict[str, Any]:
        name = self._random.choice(_TOOLS)
        path = f"{_CWD}/{self._prose.words(1)}/{self._prose.words(1)}.py"
        match name:
            case "Bash":
                arguments = {"command": self._random.choice(("pytest -q ", "git diff ", "rg -n ", "ls ")) + path}
            case "Grep" | "Glob":
                arguments = {"pattern": self._prose.words(1), "path": _CWD}
            case "Edit":
                arguments = {
                    "file_path": path,
                    "old_string": self._prose.text(self._random.randint(40, 250)),
                    "new_string": self._prose.text(self._random.randint(40, 300)),
                }
            case "Write":
                arguments = {"file_path": path, "content": self._prose.text(self._random.randint(200, 900))}
            case "WebFetch":
                arguments = {"url": f"https://example.invalid/{self._prose.words(1)}", "prompt": self._prose.words(9)}
            case _:
                arguments = {"file_path": path}
        return {"type": "tool_use", "id": self._id("toolu_"), "name": name, "input": arguments}

    def _message(self, calls: list[dict[str, Any]], *, sidechain: bool) -> None:
        blocks: list[dict[str, Any]] = []
        if self._random.random() < 0.4:
            thought = self._prose.words(self._random.randint(15, 60))
            blocks.append({"type": "thinking", "thinking": thought, "signature": self._id("E") * 4})
        if self._random.random() < 0.5 or not calls:
            blocks.append({"type": "text", "text": self._prose.words(self._random.randint(8, 70))})
        blocks += calls
        message_id, request_id = self._id("msg_"), self._id("req_")
        written = self._random.randint(200, 4000)
        lines = [blocks[:-3], *([block] for block in blocks[-3:])] if len(blocks) > 4 else [[block] for block in blocks]
        for position, part in enumerate(line for line in lines if line):
            last = position == len([line for line in lines if line]) - 1
            message = {
                "model": "claude-sonnet-4-6",
                "id": message_id,
                "type": "message",
                "role": "assistant",
                "content": part,
                "stop_reason": ("tool_use" if calls else "end_turn") if last else None,
                "stop_sequence": None,
                "usage": {
                    "input_tokens": self._random.randint(1, 30),
                    "cache_creation_input_tokens": written,
                    "cache_read_input_tokens": self._context,
                    "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": written},
                    "output_tokens": self._random.randint(50, 900) if last else 8,
                    "service_tier": "standard",
                },
            }
            self._write("assistant", message, sidechain=sidechain, requestId=request_id)
        self._context += written

    def _result(self, call: dict[str, Any], *, sidechain: bool) -> None:
        size = min(MAX_RESULT, round(MEDIAN_RESULT * math.exp(self._random.gauss(0, 1.2))))
        text = self._prose.text(size)
        failed = self._random.random() < 0.05
        structured = self._random.random() < 0.1
        content: Any = [{"type": "text", "text": text}] if structured else text
        block = {"tool_use_id": call["id"], "type": "tool_result", "content": content}
        if failed:
            block["is_error"] = True
        more: dict[str, Any] = {}
        if self._random.random() < 0.5:
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
                "timestamp": self._now(),
                "uuid": self._uuid(),
                "compactMetadata": {"trigger": "auto", "preTokens": self._context},
            }
        )
        self._context = 12_000
        self._prompt("This session is being continued from a previous conversation. " + self._prose.words(400))

    def _write(self, kind: str, message: dict[str, Any], *, sidechain: bool, **more: Any) -> None:
        uuid = self._uuid()
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
                "timestamp": self._now(),
            }
        )
        self._parent = uuid

    def _line(self, value: dict[str, Any]) -> None:
        self._lines.append(orjson.dumps(value))

    def _now(self) -> str:
        self._clock += timedelta(milliseconds=self._random.randint(200, 20_000))
        return self._clock.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _id(self, prefix: str) -> str:
        return (
            prefix
            + "01"
            + "".join(self._random.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", k=22))
        )

    def _uuid(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
