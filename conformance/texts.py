"""Texts of an answer that are JSON or JSON lines, and are compared as JSON.

In: an answer of a protocol whose output is text. Out: the same answer with those texts replaced by what they say, so
that keys may come in any order and figures may differ in their last place; lines keep their order and their ends. The bytes themselves are pinned by tests
of the commands, not here (corpus notes, "Replaying" 8; mcp.md).
"""

from __future__ import annotations

from typing import Any

from relayburn import jsjson

# Protocol -> where its JSON texts stand, each place as the keys that lead to it; `*` is every element or value.
_JSON_TEXTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "relayburn.cli": (("stdout",), ("files", "*")),
    "relayburn.mcp": (("replies", "*"), ("replies", "*", "result", "content", "*", "text")),
}


def unfolded(protocol: str, output: Any) -> Any:
    """`output` with its JSON texts as values. A text that is no JSON object or list stays a text."""
    for place in _JSON_TEXTS.get(protocol, ()):
        output = _unfold(output, place)
    return output


def _unfold(value: Any, place: tuple[str, ...]) -> Any:
    if not place:
        return _said(value) if type(value) is str else value
    first, rest = place[0], place[1:]
    if first == "*" and type(value) is list:
        return [_unfold(item, rest) for item in value]
    if first == "*" and type(value) is dict:
        return {key: _unfold(item, rest) for key, item in value.items()}
    if type(value) is not dict or first not in value:
        return value
    return value | {first: _unfold(value[first], rest)}


def _said(text: str) -> Any:
    """The value of a JSON text; of JSON lines a list of their values and what follows the last line end."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return jsjson.loads(text)
    except ValueError:
        lines = text.split("\n")
    try:
        return [*(jsjson.loads(line) for line in lines[:-1]), lines[-1]]
    except ValueError:
        return text
