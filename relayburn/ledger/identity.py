"""What makes two ledger records the same one (ledger.md 3.2).

In: a record in wire form, well-formed or not. Out: its identity hash, which the index keeps; for a turn also its content
fingerprint. Parts are joined without escaping, as the reference does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from math import isinf, isnan
from typing import Any

from relayburn.jsnum import is_number, number_text, to_double
from relayburn.text import utf8, utf16_slice

Wire = dict[str, Any]
"""A record as it stands in the ledger."""

_ABSENT: Any = object()
_FINGERPRINT_PREFIX = 4


def text_hash(text: str) -> str:
    """The first 16 hex digits of SHA-256 over the UTF-8 text."""
    return sha256(utf8(text)).hexdigest()[:16]


def identity_text(kind: str, record: Wire) -> str:
    """What the identity hash of a record is taken of. `kind` is one of `RECORD_KINDS`."""
    return _IDENTITIES[kind](record)


def identity_key(kind: str, record: Wire) -> tuple[object, ...]:
    """The identity of a record as a key of a map, which no two identities share."""
    return tuple([value if type(value := record.get(name)) is str else (spelled(value),) for name in _PARTS[kind]])


def identity_hash(kind: str, record: Wire) -> str:
    """The identity hash of a record of `kind`."""
    return text_hash(_IDENTITIES[kind](record))


def fingerprint(turn: Wire) -> str:
    """The content fingerprint of a turn: equal for two turns of equal time, model, tokens and first arguments."""
    return text_hash("|".join(_fingerprint_parts(turn)))


def _spelled(*names: str) -> Callable[[Wire], str]:
    """Parts as a JavaScript template spells them: absence and null by name."""
    first, second, third = names

    def identity(record: Wire) -> str:
        a, b, c = record.get(first, _ABSENT), record.get(second, _ABSENT), record.get(third, _ABSENT)
        if type(a) is str and type(b) is str and type(c) is str:
            return f"{a}|{b}|{c}"
        return f"{spelled(a)}|{spelled(b)}|{spelled(c)}"

    return identity


def _joined(*names: str) -> Callable[[Wire], str]:
    """Parts as a JavaScript `join` writes them: absence and null are empty."""

    def identity(record: Wire) -> str:
        return "|".join([_element(record.get(name)) for name in names])

    return identity


def _fingerprint_parts(turn: Wire) -> Iterator[str]:
    usage = turn.get("usage")
    tokens = usage if type(usage) is dict else {}
    yield _element(turn.get("ts"))
    yield _element(turn.get("model"))
    yield _sum_text(tokens, "input", "output")
    yield _element(tokens.get("cacheRead"))
    yield _sum_text(tokens, "cacheCreate5m", "cacheCreate1h")
    yield _first_arguments(turn.get("toolCalls"))


def _sum_text(tokens: Wire, first: str, second: str) -> str:
    a, b = tokens.get(first, _ABSENT), tokens.get(second, _ABSENT)
    if type(a) is int and type(b) is int:
        return _number(a + b)
    if isinstance(a, str | dict | list) or isinstance(b, str | dict | list):
        return spelled(a) + spelled(b)
    return _number(_as_number(a) + _as_number(b))


def _as_number(value: Any) -> float:
    if value is _ABSENT:
        return float("nan")
    return to_double(value) if is_number(value) else float(bool(value))


def _first_arguments(calls: Any) -> str:
    first = calls[0] if type(calls) is list and calls else None
    hashed = first.get("argsHash") if type(first) is dict else None
    return utf16_slice(hashed, 0, _FINGERPRINT_PREFIX) if type(hashed) is str else ""


def _element(value: Any) -> str:
    return "" if value is None else value if type(value) is str else spelled(value)


def spelled(value: Any) -> str:
    """`String(value)` of a JSON value, or of nothing at all."""
    if type(value) is str:
        return value
    if value is _ABSENT:
        return "undefined"
    if value is None:
        return "null"
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is list:
        return ",".join(_leaves(value))
    return "[object Object]" if type(value) is dict else _number(value)


def _leaves(value: list[Any]) -> Iterator[str]:
    """The texts in lists of lists, however deep; an empty list is an empty text."""
    todo = [value]
    while todo:
        item = todo.pop()
        if type(item) is list and item:
            todo.extend(reversed(item))
        else:
            yield "" if type(item) is list else _element(item)


def _number(value: int | float) -> str:
    if type(value) is float:
        if isnan(value):
            return "NaN"
        if isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
    return number_text(value)


_PARTS = {
    "turn": ("source", "sessionId", "messageId"),
    "compaction": ("source", "sessionId", "ts"),
    "relationship": (
        *("source", "sessionId", "relationshipType"),
        *("relatedSessionId", "agentId", "parentToolUseId"),
    ),
    "tool_result_event": ("source", "sessionId", "toolUseId", "eventIndex"),
    "user_turn": ("source", "sessionId", "userUuid"),
}
_SPELLED = ("turn", "compaction", "user_turn")
_IDENTITIES: dict[str, Callable[[Wire], str]] = {
    kind: _spelled(*names) if kind in _SPELLED else _joined(*names) for kind, names in _PARTS.items()
}
RECORD_KINDS = tuple(_PARTS)
"""The kinds of ledger lines that hold a record."""
