"""The tool calls of a message.

In: the parts of one message. Out: its `ToolCall` records, the files they touched and whether one failed
(reader-opencode.md 8.1 and 8.2). A repeated call id counts once, as its first part has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from relayburn.reader.hashing import args_hash
from relayburn.reader.opencode.parts import ToolPart
from relayburn.records import UNSET, ToolCall, UnsetType

_FILE_KEYS = ("filePath", "file_path", "path")

TARGET_KEYS = {
    "read": _FILE_KEYS,
    "write": _FILE_KEYS,
    "edit": _FILE_KEYS,
    "bash": ("command",),
    "grep": ("pattern",),
    "glob": ("pattern",),
    "webfetch": ("url",),
    "task": ("subagent_type", "description", "prompt"),
}
"""Which argument of a tool is its target: the first of these whose value is a text."""

OTHER_TARGET_KEYS = (*_FILE_KEYS, "url", "command")
"""The same for a tool that `TARGET_KEYS` does not name."""

FILE_TOOLS = frozenset({"read", "write", "edit"})
SKILL_KEYS = ("skill", "name", "skill_name")


class ToolUse(Struct, frozen=True, gc=False):
    """What a message did with tools: its calls, the targets of its file tools, and whether a call failed."""

    calls: list[ToolCall]
    files: list[str]
    failed: bool


def tool_use_of(tools: Iterable[ToolPart]) -> ToolUse:
    """The tool use of a message's tool parts; those that name no tool are no calls."""
    calls: dict[str, ToolCall] = {}
    files: dict[str, None] = {}
    failed = False
    for part in tools:
        if not part.is_call or part.call_id in calls:
            continue
        target = _target(part.name, part.input)
        calls[part.call_id] = ToolCall(
            id=part.call_id,
            name=part.name,
            args_hash=args_hash(part.input),
            target=target,
            skill_name=_skill_name(part.input) if part.name == "skill" else UNSET,
        )
        if part.name in FILE_TOOLS and target is not UNSET:
            files[target] = None
        failed = failed or part.failed
    return ToolUse(list(calls.values()), list(files), failed)


def _target(name: str, arguments: Any) -> str | UnsetType:
    if not isinstance(arguments, dict):
        return UNSET
    for key in TARGET_KEYS.get(name, OTHER_TARGET_KEYS):
        if isinstance(value := arguments.get(key), str):
            return value
    return UNSET


def _skill_name(arguments: Any) -> str | UnsetType:
    """The first non-null of the skill keys, if it is a text: a number there hides the keys after it."""
    if not isinstance(arguments, dict):
        return UNSET
    named = next((value for key in SKILL_KEYS if (value := arguments.get(key)) is not None), None)
    return named if isinstance(named, str) else UNSET
