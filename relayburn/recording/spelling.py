"""JSON text that loses nothing of a value.

In: a JSON value as Python holds it. Out: one line of compact UTF-8. Unlike `JSON.stringify`, integers of any size
keep their digits, keys keep their order, and an infinity is spelled as a number too large for a double, which is
how it was read. `orjson` does the usual work; lone surrogates, long integers, infinities and depth take the slow road.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import orjson

from relayburn.errors import InvalidExchange
from relayburn.jsjson import quote
from relayburn.jsnum import to_double

_OVERFLOWING = "1e400"
_OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def json_line(value: Any) -> bytes:
    """The compact JSON of `value`, one line without its line feed.

    Raises `InvalidExchange` for what JSON cannot say: NaN, keys that are no texts, other Python objects.
    """
    try:
        line = orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError:
        return _slowly(value)
    # orjson writes infinities and NaN as null without a word.
    if b"null" in line and _has_non_finite(value):
        return _slowly(value)
    return line


def _has_non_finite(value: Any) -> bool:
    todo = [value]
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind is float:
            if not math.isfinite(item):
                return True
        elif kind is dict:
            todo.extend(item.values())
        elif kind is list or kind is tuple:
            todo.extend(item)
    return False


def _slowly(value: Any) -> bytes:
    """`value` written with a stack of its own, so that no depth is too much."""
    out: list[str] = []
    open_containers = [_parts([value])]
    while open_containers:
        for part in open_containers[-1]:
            if type(part) is str:
                out.append(part)
            else:
                open_containers.append(_parts(part))
                break
        else:
            open_containers.pop()
    # The wrapping list's own brackets are not part of the value.
    return "".join(out[1:-1]).encode()


def _parts(container: Any) -> Iterator[Any]:
    """The pieces of a container's text, in order: texts as they stand, and containers still to be written."""
    separator = ""
    if type(container) is dict:
        yield "{"
        for key, item in container.items():
            if type(key) is not str:
                raise InvalidExchange(None, f"a key must be a text, not {key!r}")
            yield f"{separator}{quote(key)}:"
            yield _part(item)
            separator = ","
        yield "}"
    else:
        yield "["
        for item in container:
            yield separator
            yield _part(item)
            separator = ","
        yield "]"


def _part(item: Any) -> Any:
    kind = type(item)
    if kind is dict or kind is list or kind is tuple:
        return item
    if kind is str:
        return quote(item)
    if item is None:
        return "null"
    if kind is bool:
        return "true" if item else "false"
    if kind is int or kind is float:
        return _number(item)
    raise InvalidExchange(None, f"a Python {kind.__name__} is no JSON value")


def _number(number: int | float) -> str:
    if number != number:
        raise InvalidExchange(None, "NaN is no JSON value")
    if math.isinf(to_double(number)):
        return _OVERFLOWING if number > 0 else f"-{_OVERFLOWING}"
    return repr(number)
