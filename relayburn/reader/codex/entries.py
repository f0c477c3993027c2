"""One line of a rollout, decoded to just the fields that the reader uses.

In: the bytes of one line. Out: a `Line`, or None for one without effect (empty, not JSON, no object, no `payload`;
reader-codex.md 3). A field of the wrong type counts as missing, and so does null: no rule tells them apart. The typed
decoder skips what is not declared here, such as the copies of outputs in `exec_command_end`; a line it refuses (a
wrong-typed field, a lone surrogate, an overflowing number, bytes that are not UTF-8) takes the untyped road and gives the
same `Line`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, get_type_hints

import msgspec
from msgspec import UNSET, Struct

from relayburn import jsjson
from relayburn.jsjson import as_doubles, truthy
from relayburn.text import trim

Text = str | None


class Block(Struct, gc=False):
    """One object of a `content` or `summary` list."""

    text: Text = None


class TokenUsage(Struct, gc=False):
    """`info.total_token_usage`: running totals, of any JSON type."""

    input_tokens: Any = None
    cached_input_tokens: Any = None
    output_tokens: Any = None
    reasoning_output_tokens: Any = None


class Info(Struct, gc=False):
    """`info` of a `token_count`. A usage that is truthy but no object is one without fields."""

    total_token_usage: TokenUsage | None = None


class Payload(Struct, gc=False):
    """The fields of all kinds of payload."""

    type: Text = None
    call_id: Text = None
    turn_id: Text = None
    name: Text = None
    arguments: Text = None
    output: Any = None
    input: Any = None
    role: Text = None
    content: list[Block] | None = None
    summary: list[Block] | str | None = None
    info: Info | None = None
    exit_code: Any = None
    success: Any = None
    status: Text = None
    changes: dict[str, msgspec.Raw] | None = None
    agent_id: Text = None
    subagent_id: Text = None
    session_id: Text = None
    id: Text = None
    cwd: Text = None
    timestamp: Text = None
    cli_version: Text = None
    version: Text = None
    source_session_id: Text = msgspec.field(default=None, name="sourceSessionId")
    source_session_id_snake: Text = msgspec.field(default=None, name="source_session_id")
    fork_session_id: Text = msgspec.field(default=None, name="forkSessionId")
    fork_session_id_snake: Text = msgspec.field(default=None, name="fork_session_id")
    continued_from: Text = msgspec.field(default=None, name="continuedFromSessionId")
    continued_from_snake: Text = msgspec.field(default=None, name="continued_from_session_id")


class Line(Struct, gc=False):
    """One line. `timestamp` is the log's own value, whatever its type."""

    type: Text = None
    timestamp: Any = None
    payload: Payload | None = None

    @property
    def time(self) -> Any:
        """The timestamp for a record that must have one: `""` for none."""
        timestamp = self.timestamp
        if type(timestamp) is str:
            return timestamp
        return "" if timestamp is None else as_doubles(timestamp)

    @property
    def optional_time(self) -> Any:
        """The timestamp for a record that may lack one: `UNSET` unless it is truthy."""
        timestamp = self.timestamp
        if type(timestamp) is str:
            return timestamp or UNSET
        return as_doubles(timestamp) if truthy(timestamp) else UNSET


_decode_typed = msgspec.json.Decoder(Line).decode


def decode(line: bytes) -> Line | None:
    """One line, None where it has no effect."""
    try:
        return _decode_typed(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = _untyped(line)
        return None if value is None else _line(value)


def whole_payload(line: bytes) -> dict[str, Any]:
    """All of the `payload` of a line, empty where it is no object."""
    payload = (_untyped(line) or {}).get("payload")
    return payload if isinstance(payload, dict) else {}


def _untyped(line: bytes) -> dict[str, Any] | None:
    try:
        value = jsjson.loads(trim(line.decode(errors="replace")))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _line(value: dict[str, Any]) -> Line:
    line = _struct(Line, value)
    payload = value.get("payload")
    if isinstance(payload, dict):
        line.payload = _payload(payload)
    else:
        # To JavaScript an array is an object; this one has none of the named members.
        line.payload = Payload() if isinstance(payload, list) else None
    return line


def _payload(value: dict[str, Any]) -> Payload:
    payload = _struct(Payload, value)
    payload.info = _info(value.get("info"))
    payload.content = _blocks(value.get("content"))
    payload.summary = _blocks(value.get("summary"))
    changes = value.get("changes")
    if isinstance(changes, list):
        changes = {str(index): change for index, change in enumerate(changes)}
    payload.changes = changes if isinstance(changes, dict) else None
    return payload


def _info(value: Any) -> Info | None:
    usage = value.get("total_token_usage") if isinstance(value, dict) else None
    if not truthy(usage):
        return None
    return Info(_struct(TokenUsage, usage) if isinstance(usage, dict) else TokenUsage())


def _blocks(value: Any) -> list[Block] | None:
    if not isinstance(value, list):
        return None
    return [_struct(Block, item) for item in value if isinstance(item, dict)]


def _struct(cls: type[Any], value: dict[str, Any]) -> Any:
    """An instance of `cls` with the keys of `value` that it declares; texts only where it wants texts."""
    found = {}
    for name, key, is_text in _layout(cls):
        item = value.get(key)
        if item is not None and (isinstance(item, str) or not is_text):
            found[name] = item
    return cls(**found)


@cache
def _layout(cls: type[Any]) -> tuple[tuple[str, str, bool], ...]:
    hints = get_type_hints(cls)
    return tuple(
        (name, key, hints[name] == Text)
        for name, key in zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
    )
