"""Made-up OpenCode storage trees of a realistic shape, seeded.

In: a seed and how many bytes are wanted. Out: whole sessions, one small file for the session, each message and each part
of one: steps with tools whose outputs are copied into their metadata for half of them, reasoning, patches, subagents'
sessions, compactions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from conformance.bench.invention import Invention, Log, made_up_logs

_CWD = "/home/mira/work/tally-api"
_MODEL = {"providerID": "anthropic", "modelID": "claude-sonnet-4-5"}
_TOOLS = ("read", "read", "bash", "bash", "grep", "glob", "edit", "write", "webfetch", "task")


def opencode_trees(seed: int, size: int) -> Iterator[Log]:
    """Sessions until at least `size` bytes are made; the session file comes first."""
    return made_up_logs(seed, size, lambda invention: _Session(invention).log())


class _Session:
    def __init__(self, invention: Invention) -> None:
        self._invent = invention
        self._files: dict[str, bytes] = {}
        self._ids = 0
        self._session_id = self._id("ses_")
        self._context = 12_000

    def log(self) -> Log:
        invent = self._invent
        created = invent.milliseconds()
        parent = {"parentID": self._id("ses_")} if invent.happens(0.15) else {}
        self._write(
            f"session/global/{self._session_id}",
            {
                "id": self._session_id,
                "version": "1.0.163",
                "projectID": "global",
                "directory": _CWD,
                "title": invent.words(5),
                "time": {"created": created, "updated": created + 600_000},
                **parent,
            },
        )
        left = invent.turns()
        while left:
            turns = min(left, invent.random.randint(2, 25))
            prompt = self._prompt()
            for number in range(1, turns + 1):
                self._answer(prompt, is_last=number == turns)
            left -= turns
        return self._files

    def _prompt(self) -> str:
        invent = self._invent
        message_id = self._message("user", {"agent": "build", "model": _MODEL})
        if self._context > 120_000:
            self._part(message_id, "compaction", auto=True)
            self._context = 12_000
        self._part(message_id, "text", text=invent.words(invent.random.randint(8, 120)))
        if invent.happens(0.1):
            self._part(message_id, "text", synthetic=True, text=invent.text(800))
        return message_id

    def _answer(self, prompt: str, *, is_last: bool) -> None:
        invent = self._invent
        written = invent.random.randint(200, 4000)
        tokens = {
            "input": invent.random.randint(1, 600),
            "output": invent.random.randint(50, 900),
            "reasoning": 0,
            "cache": {"read": self._context, "write": written},
        }
        path = {"cwd": _CWD, "root": _CWD}
        more = {**_MODEL, "mode": "build", "path": path, "cost": 0.0141, "parentID": prompt, "tokens": tokens}
        message_id = self._message("assistant", more)
        self._part(message_id, "step-start", snapshot=invent.identifier("", 40))
        if invent.happens(0.2):
            self._part(message_id, "reasoning", text=invent.words(invent.random.randint(15, 60)))
        if is_last or invent.happens(0.3):
            self._part(message_id, "text", text=invent.words(invent.random.randint(8, 70)))
        if not is_last:
            for _ in range(invent.random.choice((1, 2, 2, 3))):
                self._tool(message_id)
        self._part(message_id, "step-finish", reason="stop" if is_last else "tool-calls", cost=0.0141, tokens=tokens)
        self._context += written

    def _tool(self, message_id: str) -> None:
        invent = self._invent
        tool = invent.random.choice(_TOOLS)
        path = f"{_CWD}/{invent.word()}/{invent.word()}.py"
        match tool:
            case "bash":
                command = invent.random.choice(("pytest -q ", "git diff ", "rg -n ", "ls ")) + path
                arguments = {"command": command, "description": invent.words(4)}
            case "grep" | "glob":
                arguments = {"pattern": invent.word(), "path": _CWD}
            case "edit":
                old, new = (invent.text(invent.random.randint(40, 250)) for _ in range(2))
                arguments = {"filePath": path, "oldString": old, "newString": new}
            case "write":
                arguments = {"filePath": path, "content": invent.text(invent.random.randint(200, 900))}
            case "webfetch":
                arguments = {"url": f"https://example.invalid/{invent.word()}", "format": "markdown"}
            case "task":
                arguments = {
                    "subagent_type": "explorer",
                    "description": invent.words(4),
                    "prompt": invent.words(60),
                }
            case _:
                arguments = {"filePath": path}
        output = invent.result()
        metadata: dict[str, Any] = {"truncated": False}
        if tool == "bash":
            metadata["exit"] = int(invent.happens(0.1))
        if invent.happens(0.5):
            metadata["output"] = output
        started = invent.milliseconds()
        state = {
            "status": "completed",
            "input": arguments,
            "output": output,
            "title": path,
            "metadata": metadata,
            "time": {"start": started, "end": invent.milliseconds()},
        }
        self._part(message_id, "tool", callID=invent.identifier("toolu_01"), tool=tool, state=state)
        if tool in ("edit", "write"):
            self._part(message_id, "patch", hash=invent.identifier("", 40), files=[path])

    def _message(self, role: str, more: dict[str, Any]) -> str:
        message_id = self._id("msg_")
        about = {"id": message_id, "sessionID": self._session_id, "role": role}
        time = {"created": self._invent.milliseconds()}
        self._write(f"message/{self._session_id}/{message_id}", {**about, "time": time, **more})
        return message_id

    def _part(self, message_id: str, kind: str, **fields: Any) -> None:
        part_id = self._id("prt_")
        about = {"id": part_id, "sessionID": self._session_id, "messageID": message_id, "type": kind}
        self._write(f"part/{message_id}/{part_id}", {**about, **fields})

    def _id(self, prefix: str) -> str:
        """Ids ascend, as OpenCode's do."""
        self._ids += 1
        return self._invent.identifier(f"{prefix}f7a68947{self._ids:06x}", 12)

    def _write(self, name: str, value: dict[str, Any]) -> None:
        self._files[f"storage/{name}.json"] = orjson.dumps(value, option=orjson.OPT_INDENT_2)
