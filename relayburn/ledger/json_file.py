"""JSON files of a home, indented by two as JavaScript writes them (ledger.md 8 and 9).

In: a JSON value. Out: its text without a final newline; or a file's value, None where it cannot be had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from relayburn import jsjson
from relayburn.errors import HomeUnreadable
from relayburn.ledger.private_files import read_file

# What JavaScript writes otherwise than orjson: exponents, minus zero, what is not exact in a double, array indices as keys.
# A number ends a line, which no text does. Each pattern begins with what is seldom found, to be searched for fast.
_WRITTEN_OTHERWISE = tuple(
    re.compile(pattern)
    for pattern in (
        rb"e[-+]?[0-9]+,?\n",
        rb"-0\.0,?\n",
        rb"\n(?:(?<=[0-9]{15}\n)|(?<=[0-9]{15},\n))",
        rb'"[0-9]+":',
    )
)
_WHOLE_DOUBLE = re.compile(rb"\.0(?=,?\n)")
_LAYOUT = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^{}\[\]:,"]+')
_STEP = "  "


def indented(value: Any) -> bytes:
    """`JSON.stringify(value, null, 2)` as UTF-8."""
    try:
        text = orjson.dumps(value, option=_LAYOUT)
    except (orjson.JSONEncodeError, RecursionError):
        return _indent(jsjson.compact(value)).encode()
    if any(pattern.search(text) for pattern in _WRITTEN_OTHERWISE):
        return _indent(jsjson.compact(value)).encode()
    return _WHOLE_DOUBLE.sub(b"", text)[:-1]


def read_json(path: Path) -> Any:
    """The value of a JSON file; None where it is missing, unreadable or malformed."""
    try:
        data = read_file(path)
        return None if data is None else jsjson.loads(data.decode(errors="replace"))
    except (HomeUnreadable, ValueError):
        return None


def _indent(text: str) -> str:
    return "".join(_indented_tokens(text))


def _indented_tokens(text: str) -> Iterator[str]:
    depth = 0
    tokens = _TOKENS.findall(text)
    for place, token in enumerate(tokens):
        if token in "}]":
            depth -= 1
            if tokens[place - 1] not in "{[":
                yield f"\n{_STEP * depth}"
        elif place and tokens[place - 1] in "{[,":
            yield f"\n{_STEP * depth}"
        if token in "{[":
            depth += 1
        yield ": " if token == ":" else token
