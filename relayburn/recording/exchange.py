"""One recorded exchange: a request, its answer, and when it was made.

In: one line of a recording, or its JSON object. Out: a `RecordedExchange`, and back again. Keys that are not
known here survive in `extra`. What is wrong is said with its key, by an `InvalidExchange`.
The keys are those of docs/recordings.md and schema.json.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from relayburn import jsjson
from relayburn.errors import InvalidExchange
from relayburn.recording.spelling import json_line

LF = b"\n"
"""What ends a line, and nothing else does."""


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """What was asked and what was answered.

    `recv_ts_ns` is when the request came, nanoseconds since the Unix epoch; `latency_ns` how long the answer took,
    nanoseconds or None; `protocol` the stage that answers; `response` is None where there was none; `meta` is None
    where the line has no such key; `extra` holds the line's other keys. `line` (from 1) and `byte` (offset of its
    first byte in the text) say where it was read, which is no part of its value: they do not count in `==`.
    """

    recv_ts_ns: int
    latency_ns: int | None
    protocol: str
    request: dict[str, Any]
    response: Any = None
    meta: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False, kw_only=True)
    byte: int | None = field(default=None, compare=False, kw_only=True)

    @classmethod
    def from_line(cls, text: bytes | str, *, line: int | None = None, byte: int | None = None) -> RecordedExchange:
        """The exchange of one line, with or without its line feed; `line` and `byte` are passed on.

        Raises `ValueError` where the text is no JSON, `InvalidExchange` where it is no exchange.
        """
        return cls.from_wire(jsjson.loads(text), line=line, byte=byte)

    @classmethod
    def from_wire(cls, wire: Any, *, line: int | None = None, byte: int | None = None) -> RecordedExchange:
        """The exchange of a line's JSON object. Raises `InvalidExchange`."""
        _check(wire)
        extra = {key: value for key, value in wire.items() if key not in _KNOWN}
        return cls(
            wire["recv_ts_ns"],
            wire["latency_ns"],
            wire["protocol"],
            wire["request"],
            wire["response"],
            wire.get("meta"),
            extra,
            line=line,
            byte=byte,
        )

    def to_wire(self) -> dict[str, Any]:
        """The line's JSON object, unknown keys last. Raises `InvalidExchange` where it would not be read back."""
        for key in self.extra:
            if key in _KNOWN:
                raise InvalidExchange(key, "this key has a field of its own and cannot stand in extra")
        wire = {
            "recv_ts_ns": self.recv_ts_ns,
            "latency_ns": self.latency_ns,
            "protocol": self.protocol,
            "request": self.request,
            "response": self.response,
        }
        if self.meta is not None:
            wire["meta"] = self.meta
        wire.update(self.extra)
        _check(wire)
        return wire

    def to_line(self) -> bytes:
        """The line, compact UTF-8 JSON without its line feed. Raises `InvalidExchange`."""
        return json_line(self.to_wire())


def _is_nanoseconds(value: object) -> bool:
    return type(value) is int and -(2**63) <= value < 2**63


def _is_latency(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < 2**63)


def _is_name(value: object) -> bool:
    return type(value) is str and value != ""


def _is_object(value: object) -> bool:
    return type(value) is dict


def _is_json(_value: object) -> bool:
    return True


class _Key(NamedTuple):
    """One key of an exchange: what it must hold, said in words for the error."""

    name: str
    holds: Callable[[object], bool]
    wanted: str


_REQUIRED = (
    _Key("recv_ts_ns", _is_nanoseconds, "an integer of 64 bits"),
    _Key("latency_ns", _is_latency, "null or an integer from 0, of 64 bits"),
    _Key("protocol", _is_name, "a text that is not empty"),
    _Key("request", _is_object, "an object"),
    _Key("response", _is_json, "a JSON value"),
)
_META = _Key("meta", _is_object, "an object; where there is none, the key is left out")
_KNOWN = frozenset(key.name for key in (*_REQUIRED, _META))


def _check(wire: Any) -> None:
    if type(wire) is not dict:
        raise InvalidExchange(None, f"an exchange must be an object, not {_kind(wire)}")
    for key in _REQUIRED:
        if key.name not in wire:
            raise InvalidExchange(key.name, "this key is missing")
        _check_value(key, wire[key.name])
    if "meta" in wire:
        _check_value(_META, wire["meta"])


def _check_value(key: _Key, value: Any) -> None:
    if not key.holds(value):
        raise InvalidExchange(key.name, f"must be {key.wanted}; here it is {_kind(value)}")


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool() | int() | float():
            return str(value).lower()
        case "":
            return "an empty text"
        case str():
            return "a text"
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return f"a Python {type(value).__name__}"
