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
from relayburn.jsnum import normalize
from relayburn.ledger.private_files import read_file

# What JavaScript writes otherwise than orjson: exponents, what is not exact in a double, array indices as keys.
_WRITTEN_OTHERWISE = re.compile(rb'[:\[,\n] *-?[0-9]+(?:(?:\.[0-9]+)?[eE]|[0-9]{15})|"[0-9]+":')
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^{}\[\]:,"]+')
_STEP = "  "


def indented(value: Any) -> bytes:
    """`JSON.stringify(value, null, 2)` as UTF-8."""
    try:
        text = orjson.dumps(_plain(value), option=orjson.OPT_INDENT_2)
    except (orjson.JSONEncodeError, RecursionError):
        return _indent(jsjson.compact(value)).encode()
    return _indent(jsjson.compact(value)).encode() if _WRITTEN_OTHERWISE.search(text) else text


def read_json(path: Path) -> Any:
    """The value of a JSON file; None where it is missing, unreadable or malformed."""
    try:
        data = read_file(path)
        return None if data is None else jsjson.loads(data.decode(errors="replace"))
    except (HomeUnreadable, ValueError):
        return None


def _plain(value: Any) -> Any:
    """`value` with whole doubles as integers, which is how they are written."""
    if type(value) is float:
        return normalize(value)
    if type(value) is dict:
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if type(value) is list else value


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
