"""JSON as JavaScript reads and writes it.

In: one JSON text, bytes or str, read with the grammar of RFC 8259: lone surrogates are kept, numbers that
overflow are infinite, `NaN` and its like are refused. Out: Python values, or the canonical texts of
records.md 8: `compact` (`JSON.stringify`) and `stable_stringify` (keys sorted by UTF-16 code units).
`orjson` does the usual work; what it refuses takes the standard library's road, with the same answer.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable
from json.encoder import encode_basestring as _quote  # type: ignore[attr-defined]
from typing import Any

import orjson

from relayburn.jsnum import MAX_SAFE_INTEGER, normalize, number_text, shortest
from relayburn.text import code_unit_key

_SURROGATE = re.compile("[\ud800-\udfff]")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_MAX_INDEX = 4294967294


def loads(data: bytes | str) -> Any:
    """The value of a JSON text. Raises `ValueError` where it is malformed or nested too deeply to read."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return loads_slowly(data)


def loads_slowly(data: bytes | str) -> Any:
    """`loads` through the standard library: reads what orjson refuses (lone surrogates, `1e400`)."""
    if isinstance(data, bytes):
        data = data.decode()
    try:
        return _DECODER.decode(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _integer(text: str) -> int | float:
    # As orjson: exact within 64 bits, a double beyond. (Python refuses to read more than 4300 digits as an int.)
    if len(text) <= 20 and -(2**63) <= (value := int(text)) < 2**64:
        return value
    return float(text)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_integer, parse_constant=_refuse)


def truthy(value: Any) -> bool:
    """JavaScript's truth of a JSON value: all but null, false, "" and 0."""
    kind = type(value)
    if kind is dict or kind is list:
        return True
    return bool(value) and value == value


def as_doubles(value: Any) -> Any:
    """`value` with every number as JavaScript holds it and writes it back: rounded to a double, null if infinite.

    Changes `value` in place where it is a container; meant for values just read.
    """
    kind = type(value)
    if kind is int or kind is float:
        return _double(value)
    if kind is dict or kind is list:
        todo = [value]
        while todo:
            container = todo.pop()
            for key, item in container.items() if type(container) is dict else enumerate(container):
                kind = type(item)
                if kind is int or kind is float:
                    container[key] = _double(item)
                elif kind is dict or kind is list:
                    todo.append(item)
    return value


def doubles_of(value: Any) -> Any:
    """`as_doubles` of a copy: `value` stays as it is."""
    kind = type(value)
    if kind is not dict and kind is not list:
        return as_doubles(value)
    whole = value.copy()
    todo = [whole]
    while todo:
        container = todo.pop()
        for key, item in container.items() if type(container) is dict else enumerate(container):
            kind = type(item)
            if kind is int or kind is float:
                container[key] = _double(item)
            elif kind is dict or kind is list:
                container[key] = part = item.copy()
                todo.append(part)
    return whole


def _double(value: int | float) -> int | float | None:
    if type(value) is int and -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER:
        return value
    double = normalize(value)
    if not (isinstance(double, float) and double.is_integer()):
        return double if math.isfinite(double) else None
    # JavaScript writes digits; where they fit 64 bits, who reads its text has an integer of just these digits.
    return int(shortest(double)) if -(2**63) < double < 2**64 else double


def compact(value: Any) -> str:
    """`JSON.stringify(value)`: array-index keys first in numeric order, others as they came."""
    if isinstance(value, str):
        return quote(value)
    if _is_plain(value):
        try:
            return orjson.dumps(value).decode()
        except orjson.JSONEncodeError:
            pass
    return _write(value, property_order)


def stable_stringify(value: Any) -> str:
    """`compact`, but the keys of every object sorted by UTF-16 code units."""
    if _is_plain(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
        except orjson.JSONEncodeError:
            pass
    return _write(value, _sorted_order)


def quote(text: str) -> str:
    """A JSON string literal; only what must be escaped is, and lone surrogates."""
    literal = _quote(text)
    if literal.isascii():
        return literal
    return _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", literal)


def _is_plain(value: Any, depth: int = 8) -> bool:
    """What tools take and give: objects with ASCII names for keys, no fractions. There orjson's order and text agree."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if not key.isascii() or key[:1].isdigit():
                return False
            if type(item) is not str and not (depth and _is_plain(item, depth - 1)):
                return False
        return True
    if kind is list:
        for item in value:  # noqa: SIM110 - a generator costs twice as much here
            if type(item) is not str and not (depth and _is_plain(item, depth - 1)):
                return False
        return True
    if kind is int:
        return -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER
    return kind is str or kind is bool or value is None


def _sorted_order(mapping: dict[str, Any]) -> Iterable[str]:
    return sorted(mapping) if all(map(str.isascii, mapping)) else sorted(mapping, key=code_unit_key)


def property_order(mapping: dict[str, Any]) -> Iterable[str]:
    """The keys of an object in JavaScript's order: array indices first, by number, then the others as they came."""
    for key in mapping:
        if key[:1].isdigit():
            break
    else:
        return mapping
    indices = [key for key in mapping if _INDEX.fullmatch(key) and int(key) <= _MAX_INDEX]
    if not indices:
        return mapping
    taken = set(indices)
    return [*sorted(indices, key=int), *(key for key in mapping if key not in taken)]


def _write(value: Any, order: Callable[[dict[str, Any]], Iterable[str]]) -> str:
    """The JSON text of `value`, written with a stack of its own so that no depth is too much."""
    out: list[str] = []
    write = out.append
    todo: list[Any] = [value]
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind is _Literal:
            write(item)
        elif kind is str:
            write(quote(item))
        elif kind is dict:
            write("{")
            parts: list[Any] = []
            separator = ""
            for key in order(item):
                parts.append(_Literal(f"{separator}{quote(key)}:"))
                parts.append(item[key])
                separator = ","
            todo.append(_CLOSE_OBJECT)
            todo.extend(reversed(parts))
        elif kind is list or kind is tuple:
            write("[")
            parts = []
            for element in item:
                parts.append(element)
                parts.append(_COMMA)
            todo.append(_CLOSE_ARRAY)
            todo.extend(reversed(parts[:-1]))
        elif item is None:
            write("null")
        elif item is True:
            write("true")
        elif item is False:
            write("false")
        else:
            write(number_text(item))
    return "".join(out)


class _Literal(str):
    """A piece of JSON text that is written as it stands."""


_COMMA = _Literal(",")
_CLOSE_OBJECT = _Literal("}")
_CLOSE_ARRAY = _Literal("]")
