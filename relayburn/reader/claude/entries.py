"""One line of a Claude Code log, decoded to just the fields that the reader uses.

In: the bytes of one line. Out: an `Entry`, or None for a line that counts for nothing (empty, not JSON,
not an object; reader-claude.md 3). The typed decoder skips what is not declared here, such as the
`toolUseResult` copies; a line it refuses (a wrong-typed field, a lone surrogate, an overflowing
number, bytes that are not UTF-8) takes the untyped road and gives the same `Entry`.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from relayburn import jsjson
from relayburn.text import trim


class Block(Struct, gc=False):
    """One object of a `message.content` list."""

    type: Any = None
    text: Any = None
    thinking: Any = None
    id: Any = None
    name: Any = None
    input: Any = None
    tool_use_id: Any = None
    content: Any = None
    is_error: Any = None
    meta: Any = msgspec.field(default=None, name="_meta")


class CacheCreation(Struct, gc=False):
    """`usage.cache_creation`: cache writes split by how long they are kept."""

    ephemeral_5m_input_tokens: Any = UNSET
    ephemeral_1h_input_tokens: Any = UNSET


class ServerToolUse(Struct, gc=False):
    """`usage.server_tool_use`: what the vendor's own tools did, which is charged by the piece."""

    web_search_requests: Any = UNSET


class UsageFields(Struct, gc=False):
    """`message.usage`; `UNSET` tells a missing key from a null one."""

    input_tokens: Any = UNSET
    output_tokens: Any = UNSET
    cache_read_input_tokens: Any = UNSET
    cache_creation_input_tokens: Any = UNSET
    cache_creation: CacheCreation | None = None
    server_tool_use: ServerToolUse | None = None


class Message(Struct, gc=False):
    """`message`: `usage` is `UNSET` where the key is missing, None where it is no object."""

    id: Any = None
    model: Any = None
    content: list[Block] | str | None = None
    stop_reason: Any = None
    usage: UsageFields | UnsetType | None = UNSET


class Origin(Struct, gc=False):
    """`origin` of a user line: who spoke."""

    kind: Any = None


class Attachment(Struct, gc=False):
    """`attachment` of a user line."""

    type: Any = None
    command_mode: Any = msgspec.field(default=None, name="commandMode")


class Entry(Struct, gc=False):
    """One line. Fields without a type check hold any JSON value; objects of the wrong type are None."""

    type: Any = None
    subtype: Any = None
    message: Message | None = None
    session_id: Any = msgspec.field(default=None, name="sessionId")
    timestamp: Any = UNSET
    cwd: Any = UNSET
    is_sidechain: Any = msgspec.field(default=None, name="isSidechain")
    uuid: Any = None
    parent_uuid: Any = msgspec.field(default=None, name="parentUuid")
    version: Any = None
    ts: Any = None
    fork_session_id: Any = msgspec.field(default=None, name="forkSessionId")
    fork_session_id_snake: Any = msgspec.field(default=None, name="fork_session_id")
    continued_from: Any = msgspec.field(default=None, name="continuedFromSessionId")
    continued_from_snake: Any = msgspec.field(default=None, name="continued_from_session_id")
    source_session_id: Any = msgspec.field(default=None, name="sourceSessionId")
    source_session_id_snake: Any = msgspec.field(default=None, name="source_session_id")
    source_version: Any = msgspec.field(default=None, name="sourceVersion")
    source_version_snake: Any = msgspec.field(default=None, name="source_version")
    origin: Origin | None = None
    attachment: Attachment | None = None


_decode_typed = msgspec.json.Decoder(Entry).decode


def decode(line: bytes) -> Entry | None:
    """The entry of one line, None where the line has no effect."""
    try:
        return _decode_typed(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = decode_untyped(line)
        return None if value is None else _entry(value)


def decode_untyped(line: bytes) -> dict[str, Any] | None:
    """The whole object of one line, None where the line has no effect."""
    text = trim(line.decode(errors="replace"))
    if not text:
        return None
    try:
        value = jsjson.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _entry(value: dict[str, Any]) -> Entry:
    entry = _struct(Entry, value)
    entry.message = _message(value.get("message"))
    origin, attachment = value.get("origin"), value.get("attachment")
    entry.origin = _struct(Origin, origin) if isinstance(origin, dict) else None
    entry.attachment = _struct(Attachment, attachment) if isinstance(attachment, dict) else None
    return entry


def _message(value: Any) -> Message | None:
    if not isinstance(value, dict):
        return None
    message = _struct(Message, value)
    if isinstance(message.content, list):
        message.content = [_struct(Block, block) for block in value["content"] if isinstance(block, dict)]
    elif not isinstance(message.content, str):
        message.content = None
    if message.usage is not UNSET:
        message.usage = _usage(message.usage)
    return message


def _usage(value: Any) -> UsageFields | None:
    if not isinstance(value, dict):
        return None
    usage = _struct(UsageFields, value)
    usage.cache_creation = _part(CacheCreation, value.get("cache_creation"))
    usage.server_tool_use = _part(ServerToolUse, value.get("server_tool_use"))
    return usage


def _part(cls: type[Any], value: Any) -> Any:
    return _struct(cls, value) if isinstance(value, dict) else None


def _struct(cls: type[Any], value: dict[str, Any]) -> Any:
    """An instance of `cls` with the keys of `value` that it declares, whatever their types."""
    found = {
        name: value[key]
        for name, key in zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
        if key in value
    }
    return cls(**found)
