"""Made-up Codex rollouts of a realistic shape, seeded.

In: a seed and how many bytes are wanted. Out: whole rollouts: turns of several calls, running totals after each, tool
outputs of which half are copied in the `exec_command_end` before them, reasoning that is encrypted, subagents,
compactions, turns that were interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from conformance.bench.invention import Invention, Log, made_up_logs

_CWD = "/home/mira/work/tally-api"
_MODEL = "gpt-5.2-codex"
_WINDOW = 272_000


def codex_logs(seed: int, size: int) -> Iterator[Log]:
    """Rollouts until at least `size` bytes are made, one file each."""
    return made_up_logs(seed, size, lambda invention: _Session(invention).log())


class _Session:
    def __init__(self, invention: Invention) -> None:
        self._invent = invention
        self._lines: list[bytes] = []
        self._used = {"input_tokens": 0, "cached_input_tokens": 0, "output_tokens": 0, "reasoning_output_tokens": 0}
        self._context = 12_000

    def log(self) -> Log:
        session_id = self._invent.uuid()
        self._write(
            "session_meta",
            {
                "id": session_id,
                "timestamp": self._invent.timestamp(),
                "cwd": _CWD,
                "originator": "codex_cli_rs",
                "cli_version": "0.98.2",
                "source": "cli",
                "model_provider": "openai",
            },
        )
        rules = self._invent.text(1500)
        self._say("user", f"# AGENTS.md instructions for {_CWD}\n\n<INSTRUCTIONS>\n{rules}\n</INSTRUCTIONS>")
        turns = self._invent.turns()
        for number in range(1, turns + 1):
            self._turn(is_interrupted=number < turns and self._invent.happens(0.02))
            if self._invent.happens(0.03):
                self._compact()
        return {f"2026/03/04/rollout-2026-03-04T09-15-00-{session_id}.jsonl": b"\n".join(self._lines) + b"\n"}

    def _turn(self, *, is_interrupted: bool) -> None:
        invent = self._invent
        turn_id = invent.uuid()
        self._event("task_started", turn_id=turn_id, model_context_window=_WINDOW)
        policy = {"type": "workspace-write", "network_access": False}
        context = {"turn_id": turn_id, "cwd": _CWD, "approval_policy": "on-request", "sandbox_policy": policy}
        self._write("turn_context", {**context, "model": _MODEL, "effort": "medium", "summary": "auto"})
        prompt = invent.words(invent.random.randint(8, 80))
        self._say("user", prompt)
        self._event("user_message", message=prompt, images=[], local_images=[])
        for _ in range(invent.random.choice((1, 2, 2, 3, 4, 5, 6, 9))):
            self._call(turn_id)
        if is_interrupted:
            self._event("turn_aborted", turn_id=turn_id, reason="interrupted")
            return
        answer = invent.words(invent.random.randint(8, 60))
        self._event("agent_message", message=answer)
        self._say("assistant", answer)
        self._count()
        self._event("task_complete", turn_id=turn_id, last_agent_message=answer)

    def _call(self, turn_id: str) -> None:
        invent = self._invent
        if invent.happens(0.3):
            self._reason()
        call_id = invent.identifier("call_")
        if invent.happens(0.12):
            self._patch(turn_id, call_id)
        elif invent.happens(0.02):
            self._delegate(call_id)
        else:
            self._execute(turn_id, call_id)
        if invent.happens(0.5):
            self._count()

    def _reason(self) -> None:
        thought = f"**{self._invent.words(5)}**"
        self._event("agent_reasoning", text=thought)
        summary = [{"type": "summary_text", "text": thought}]
        self._item("reasoning", summary=summary, content=None, encrypted_content=self._invent.ciphertext(400))

    def _execute(self, turn_id: str, call_id: str) -> None:
        invent = self._invent
        command = invent.random.choice(("pytest -q", "git diff", "rg -n", "sed -n '1,200p'", "ls -la"))
        arguments = {"cmd": f"{command} {invent.word()}/{invent.word()}.py", "workdir": _CWD, "yield_time_ms": 1000}
        self._item("function_call", name="exec_command", arguments=orjson.dumps(arguments).decode(), call_id=call_id)
        output = invent.result()
        copy = {"aggregated_output": output} if invent.happens(0.62) else {}
        failed = invent.happens(0.08)
        self._event("exec_command_end", call_id=call_id, turn_id=turn_id, exit_code=int(failed), **copy)
        is_structured = invent.happens(0.05)
        self._give(
            "function_call_output", call_id, [{"type": "input_text", "text": output}] if is_structured else output
        )

    def _patch(self, turn_id: str, call_id: str) -> None:
        path = f"{self._invent.word()}/{self._invent.word()}.py"
        old, new = self._invent.text(120), self._invent.text(160)
        patch = f"*** Begin Patch\n*** Update File: {path}\n@@\n-{old}\n+{new}\n*** End Patch\n"
        self._item("custom_tool_call", status="completed", call_id=call_id, name="apply_patch", input=patch)
        changes = {f"{_CWD}/{path}": {"type": "update", "move_path": None}}
        self._event("patch_apply_end", call_id=call_id, turn_id=turn_id, success=True, changes=changes)
        self._give("custom_tool_call_output", call_id, self._invent.result())

    def _delegate(self, call_id: str) -> None:
        task = {"agent_type": "explorer", "task": self._invent.words(30)}
        self._item("function_call", name="spawn_agent", arguments=orjson.dumps(task).decode(), call_id=call_id)
        child = self._invent.uuid()
        self._event("subagent_complete", call_id=call_id, agent_id=child, success=True)
        self._give("function_call_output", call_id, {"agent_id": child, "report": self._invent.result()})

    def _give(self, kind: str, call_id: str, output: Any) -> None:
        self._item(kind, call_id=call_id, output=output)

    def _compact(self) -> None:
        self._write("compacted", {"message": self._invent.words(200)})
        self._event("context_compacted")
        self._context = 12_000

    def _count(self) -> None:
        invent = self._invent
        new = {
            "input_tokens": self._context,
            "cached_input_tokens": self._context * invent.random.randint(50, 95) // 100,
            "output_tokens": invent.random.randint(50, 900),
            "reasoning_output_tokens": invent.random.randint(0, 50),
        }
        for name, tokens in new.items():
            self._used[name] += tokens
        self._context = min(_WINDOW, self._context + new["output_tokens"] + invent.random.randint(200, 2000))
        info = {
            "total_token_usage": _with_total(self._used),
            "last_token_usage": _with_total(new),
            "model_context_window": _WINDOW,
        }
        limit = {"used_percent": 12.5, "window_minutes": 300, "resets_at": 1_772_000_000}
        self._event("token_count", info=info, rate_limits={"primary": limit, "secondary": None})

    def _say(self, role: str, text: str) -> None:
        kind = "output_text" if role == "assistant" else "input_text"
        self._item("message", role=role, content=[{"type": kind, "text": text}])

    def _item(self, kind: str, **fields: Any) -> None:
        self._write("response_item", {"type": kind, **fields})

    def _event(self, kind: str, **fields: Any) -> None:
        self._write("event_msg", {"type": kind, **fields})

    def _write(self, kind: str, payload: dict[str, Any]) -> None:
        self._lines.append(orjson.dumps({"timestamp": self._invent.timestamp(), "type": kind, "payload": payload}))


def _with_total(tokens: dict[str, int]) -> dict[str, int]:
    return {**tokens, "total_tokens": tokens["input_tokens"] + tokens["output_tokens"]}
