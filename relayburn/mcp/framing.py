"""What stands on a line that a client sends: a request, a notification, or nothing that can be answered (mcp.md 2).

In: the text of a line. Out: what it asks for. `as_reference` takes whatever the reference takes, in which nearly every
object with an `id` is a request; `strictly` refuses what is no request (mcp.md 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relayburn.jscomplaint import complaint
from relayburn.jsjson import compact, loads
from relayburn.text import trim

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602


@dataclass(frozen=True, slots=True)
class Request:
    """Something to be answered. `id` is any JSON value, and stands in the reply as it was sent."""

    id: Any
    method: str
    params: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that is not answered."""

    method: str
    params: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered with an error at once; `log` is told on stderr, where there is something to tell."""

    id: Any
    code: int
    message: str
    log: str | None = None


Incoming = Request | Notification | Refusal | None
"""None is a line that nobody answers."""


def as_reference(line: str) -> Incoming:
    """`line` as the reference reads it; it does nothing at all on a notification."""
    message = _parsed(line)
    if message is None or isinstance(message, Refusal):
        return message
    value = message.value
    if not isinstance(value, dict | list):
        return Refusal(None, INVALID_REQUEST, "invalid request")
    if isinstance(value, list) or "id" not in value:
        return None
    method = value.get("method", _UNDEFINED)
    if not isinstance(method, str):
        return Refusal(value["id"], METHOD_NOT_FOUND, f"method not found: {as_text(method)}")
    # The reference knows of no other protocol than the one with a handshake, nor of a request's metadata.
    return Request(value["id"], method, _object_without(value.get("params"), "_meta"))


def strictly(line: str) -> Incoming:
    """`line` where a request is an object with an `id` and the name of a method."""
    message = _parsed(line)
    if message is None or isinstance(message, Refusal):
        return message
    value = message.value
    if not isinstance(value, dict):
        return Refusal(None, INVALID_REQUEST, "invalid request", "bad request shape: no object")
    method, params = value.get("method"), _object_without(value.get("params"))
    if "id" in value:
        if isinstance(method, str):
            return Request(value["id"], method, params)
        return Refusal(value["id"], INVALID_REQUEST, "invalid request", "bad request shape: no method")
    return Notification(method, params) if isinstance(method, str) else None


@dataclass(frozen=True, slots=True)
class _Parsed:
    value: Any


_UNDEFINED = object()


def _parsed(line: str) -> _Parsed | Refusal | None:
    text = trim(line)
    if not text:
        return None
    try:
        return _Parsed(loads(text))
    except ValueError as error:
        return Refusal(None, PARSE_ERROR, "parse error", f"parse error: {complaint(text) or error}")


def _object_without(params: Any, *keys: str) -> Mapping[str, Any] | None:
    if not isinstance(params, dict):
        return None
    return {key: value for key, value in params.items() if key not in keys}


def as_text(value: Any) -> str:
    """JavaScript's `String(value)` of a JSON value."""
    if isinstance(value, str):
        return value
    if value is _UNDEFINED:
        return "undefined"
    if isinstance(value, list):
        return ",".join("" if item is None else as_text(item) for item in value)
    return "[object Object]" if isinstance(value, dict) else compact(value)
