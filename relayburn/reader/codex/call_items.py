"""What the model called: items `function_call` and `custom_tool_call`.

In: such an item and the working state. Out: tool calls, spawns and content records of the open turn (reader-codex.md 5.13
and 5.14). A call outside a turn, or with an id that the turn has seen, is ignored.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import UNSET

from relayburn.errors import UnreadablePatch
from relayburn.jsjson import as_doubles
from relayburn.reader.codex.entries import Line, Payload
from relayburn.reader.codex.spawns import SPAWN_TOOL, Spawn, object_of_text
from relayburn.reader.codex.work import Work
from relayburn.reader.hashing import args_hash
from relayburn.records import ContentToolUse, OptionalText, ToolCall
from relayburn.text import NOT_WS, WS, trim

PATCH_TOOL = "apply_patch"

_COMMAND_KEYS = ("cmd", "command")
_PATH_KEYS = ("path", "file_path")
_TARGET_KEYS = {
    "exec_command": _COMMAND_KEYS,
    "shell": _COMMAND_KEYS,
    "read_file": _PATH_KEYS,
    "write_file": _PATH_KEYS,
}
_OTHER_TARGET_KEYS = (*_PATH_KEYS, *_COMMAND_KEYS, "url")

_NO_ARGUMENTS_HASH = args_hash({})

# The name runs from the first character that is no white space to the end of that line; JavaScript has four line ends.
_PATCH_HEADER = re.compile(rf"\*\*\*{WS}++(?:Update|Add|Delete){WS}++File:{WS}++({NOT_WS}[^\n\r\u2028\u2029]*)")


def function_call(work: Work, line: Line, payload: Payload) -> None:
    """A call of a function tool, with its arguments as JSON text."""
    turn, call_id, name = work.turn, payload.call_id, payload.name
    if turn is None or call_id is None or name is None or not turn.is_new_call(call_id):
        return
    arguments = object_of_text(payload.arguments or "") or {}
    turn.tool_calls.append(
        ToolCall(
            id=call_id,
            name=name,
            args_hash=args_hash(arguments) if arguments else _NO_ARGUMENTS_HASH,
            target=_target(name, arguments),
        )
    )
    if work.keeps_content:
        _keep_call(work, line, call_id, name, arguments)
    if name == SPAWN_TOOL:
        spawn = turn.spawns[call_id] = Spawn.of_call(call_id, arguments, line.time)
        spawn.tell(turn.relationships, work.session_id, line.time)


def custom_tool_call(work: Work, line: Line, payload: Payload) -> None:
    """A call of a free-form tool. Raises `UnreadablePatch` for an `apply_patch` without a text."""
    turn, call_id, name = work.turn, payload.call_id, payload.name
    if turn is None or call_id is None or name is None or not turn.is_new_call(call_id):
        return
    text = "" if payload.input is None else payload.input
    arguments = {"input": text}
    target = _patched_file(text) if name == PATCH_TOOL else UNSET
    turn.tool_calls.append(ToolCall(id=call_id, name=name, args_hash=args_hash(arguments), target=target))
    if work.keeps_content:
        _keep_call(work, line, call_id, name, arguments)


def _target(name: str, arguments: dict[str, Any]) -> OptionalText:
    """The first of the tool's target keys that holds a text, even an empty one."""
    for key in _TARGET_KEYS.get(name, _OTHER_TARGET_KEYS):
        value = arguments.get(key)
        if isinstance(value, str):
            return value
    return UNSET


def _patched_file(patch: Any) -> OptionalText:
    """The first file that a patch names."""
    if not isinstance(patch, str):
        raise UnreadablePatch(patch)
    header = _PATCH_HEADER.search(patch)
    return trim(header[1]) if header else UNSET


def _keep_call(work: Work, line: Line, call_id: str, name: str, arguments: dict[str, Any]) -> None:
    tool_use = ContentToolUse(id=call_id, name=name, input=as_doubles(arguments))
    work.add_content(line, "assistant", "tool_use", tool_use=tool_use)
