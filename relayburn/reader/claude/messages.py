"""Assistant messages, put together from their lines, and the turns they become.

In: assistant lines. Claude Code writes one line per content block and repeats the message id, which alone
decides what belongs together. Out: one working `Message` per id and its `TurnRecord` (reader-claude.md 5).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from relayburn.jsjson import as_doubles, truthy
from relayburn.jsnum import MAX_SAFE_INTEGER, is_number, to_number
from relayburn.reader.claude.entries import Block, Entry, UsageFields
from relayburn.reader.claude.results import Replacement, ToolResults
from relayburn.reader.fidelity import make_fidelity
from relayburn.reader.hashing import args_hash, content_hash
from relayburn.records import Coverage, Fidelity, ToolCall, Usage

_FILE_TOOLS = frozenset({"Read", "Edit", "Write", "NotebookEdit"})
_TARGETS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_FILE_TOOLS, ("file_path",)),
    "Bash": ("command",),
    "Grep": ("pattern",),
    "Glob": ("pattern",),
    "WebFetch": ("url",),
    "Agent": ("subagent_type", "description"),
    "Task": ("subagent_type", "description"),
}
_ANY_TARGET = ("file_path", "path", "url", "command")
_EDITED = ("old_string", "new_string")
_HASHED_TEXTS: dict[str, tuple[str | None, str]] = {
    "Edit": _EDITED,
    "NotebookEdit": _EDITED,
    "Write": (None, "content"),
}
"""Per tool the arguments that hold the text before and after an edit."""


class Message(Struct, gc=False):
    """One assistant message while its lines are read. `first_line` counts the lines of the log."""

    id: str
    offset: int
    ts: Any
    session_id: Any
    model: Any
    cwd: Any
    first_uuid: str | None
    user_text: str
    usage: UsageFields | None
    blocks: list[Block]
    is_sidechain: bool = False
    stop_reason: str | None = None
    has_input: bool = False
    has_output: bool = False
    has_cache_read: bool = False
    has_cache_create: bool = False

    @property
    def assistant_text(self) -> str:
        """The texts of its text blocks, joined by line feeds."""
        texts = [block.text for block in self.blocks if block.type == "text" and type(block.text) is str and block.text]
        return "\n".join(texts) if texts else ""


def start_message(entry: Entry, offset: int, user_text: str) -> Message:
    """The working message of an id's first line, which still has to be added to it."""
    message = entry.message
    assert message is not None
    return Message(
        message.id,
        offset,
        copied(entry.timestamp),
        copied(entry.session_id),
        copied(message.model),
        entry.cwd,
        entry.uuid if type(entry.uuid) is str else None,
        user_text,
        message.usage if isinstance(message.usage, UsageFields) else None,
        [],
    )


def add_line(message: Message, entry: Entry) -> None:
    """Merge one line into its message; the usage of later lines only adds to the coverage."""
    line = entry.message
    assert line is not None
    if not message.model and truthy(line.model) and not truthy(message.model):
        message.model = copied(line.model)
    if entry.is_sidechain is True:
        message.is_sidechain = True
    if type(line.stop_reason) is str:
        message.stop_reason = line.stop_reason
    if type(line.content) is list:
        message.blocks.extend(line.content)
    usage = line.usage
    if isinstance(usage, UsageFields):
        message.has_input |= usage.input_tokens is not UNSET
        message.has_output |= usage.output_tokens is not UNSET
        message.has_cache_read |= usage.cache_read_input_tokens is not UNSET
        split = usage.cache_creation
        message.has_cache_create |= usage.cache_creation_input_tokens is not UNSET or (
            split is not None
            and (split.ephemeral_5m_input_tokens is not UNSET or split.ephemeral_1h_input_tokens is not UNSET)
        )


def add_line_with_final_usage(message: Message, entry: Entry) -> None:
    """`add_line`, but the usage of the last line that has a usage object counts (correction `final_usage`)."""
    add_line(message, entry)
    line = entry.message
    if line is not None and isinstance(line.usage, UsageFields):
        message.usage = line.usage


def copied(value: Any) -> Any:
    """An unchecked copy: "" for a missing or null value, any other as JavaScript holds it."""
    if type(value) is str:
        return value
    if value is None or value is UNSET:
        return ""
    return as_doubles(value)


def usage_of(message: Message) -> Usage:
    """The token counts of a message, unchecked copies with 0 for what is missing or null."""
    fields = message.usage
    if fields is None:
        return Usage()
    split = fields.cache_creation
    create_5m = _count(split.ephemeral_5m_input_tokens) if split is not None else 0
    create_1h = _count(split.ephemeral_1h_input_tokens) if split is not None else 0
    total = fields.cache_creation_input_tokens
    if total is not UNSET and _is_zero(create_5m) and _is_zero(create_1h) and to_number(total) > 0:
        create_5m = as_doubles(total)
    return Usage(
        input=_count(fields.input_tokens),
        output=_count(fields.output_tokens),
        cache_read=_count(fields.cache_read_input_tokens),
        cache_create_5m=create_5m,
        cache_create_1h=create_1h,
    )


def web_searches_of(message: Message) -> int | UnsetType:
    """The web searches that the vendor made for a message; absent where none were, or no sensible number of them."""
    used = message.usage.server_tool_use if message.usage is not None else None
    count = used.web_search_requests if used is not None else UNSET
    return count if type(count) is int and 0 < count <= MAX_SAFE_INTEGER else UNSET


def _count(value: Any) -> Any:
    if type(value) is int and 0 <= value <= MAX_SAFE_INTEGER:
        return value
    if value is None or value is UNSET:
        return 0
    return as_doubles(value)


def _is_zero(value: Any) -> bool:
    return is_number(value) and value == 0


def fidelity_of(message: Message) -> Fidelity:
    """What Claude Code tells of a message; only the usage flags vary."""
    return _fidelity(message.has_input, message.has_output, message.has_cache_read, message.has_cache_create)


@cache
def _fidelity(has_input: bool, has_output: bool, has_cache_read: bool, has_cache_create: bool) -> Fidelity:
    return make_fidelity(
        "per-turn",
        Coverage(
            has_input_tokens=has_input,
            has_output_tokens=has_output,
            has_reasoning_tokens=False,
            has_cache_read_tokens=has_cache_read,
            has_cache_create_tokens=has_cache_create,
            has_tool_calls=True,
            has_tool_result_events=True,
            has_session_relationships=True,
            has_raw_content=True,
        ),
    )


def tool_calls_of(message: Message, results: ToolResults) -> list[ToolCall]:
    """The calls of a message, the first of each id, with what their results told."""
    calls: dict[str, ToolCall] = {}
    for block in message.blocks:
        if block.type == "tool_use" and type(block.id) is str and type(block.name) is str and block.id not in calls:
            calls[block.id] = _tool_call(block, results)
    return list(calls.values())


def _tool_call(block: Block, results: ToolResults) -> ToolCall:
    arguments = {} if block.input is None else block.input
    call = ToolCall(id=block.id, name=block.name, args_hash=args_hash(arguments))
    if type(arguments) is dict:
        call.target = _first_string(arguments, _TARGETS.get(block.name, _ANY_TARGET))
        if texts := _HASHED_TEXTS.get(block.name):
            before, after = texts
            call.edit_pre_hash = _hash_of(arguments, before)
            call.edit_post_hash = _hash_of(arguments, after)
    if block.id in results.errored:
        call.is_error = True
    replacement: Replacement | None = results.replacements.get(block.id)
    if replacement is not None:
        call.replaced_tools, call.collapsed_calls = replacement.replaced_tools, replacement.collapsed_calls
    return call


def _first_string(arguments: dict[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        value = arguments.get(key)
        if type(value) is str:
            return value
    return UNSET


def _hash_of(arguments: dict[str, Any], key: str | None) -> Any:
    text = arguments.get(key) if key is not None else None
    return content_hash(text) if type(text) is str else UNSET


def files_touched(calls: list[ToolCall]) -> list[str]:
    """The files that calls read or wrote, each once, in order of first use."""
    seen: dict[str, None] = {}
    for call in calls:
        if call.name in _FILE_TOOLS and call.target:
            seen[call.target] = None
    return list(seen)
