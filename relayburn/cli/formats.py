"""How numbers, tables and JSON are printed (cli.md 4; JSON: cli.md 1).

In: numbers, texts, rows of cells, JSON values. Out: the text of it, without a final newline. Lengths count UTF-16 code
units, as everywhere in the reference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from relayburn.jsjson import compact, property_order, quote
from relayburn.jsnum import locale_text, number_text, to_fixed
from relayburn.text import WHITE_SPACE, utf16_length, utf16_slice

_INDENT = "  "
_UNITS = ("KB", "MB", "GB", "TB")


def usd(amount: float) -> str:
    """An amount in US dollars: four digits below a cent (and below zero), three below a dollar, else two."""
    if amount == 0:
        return "$0.00"
    if amount < 0.01:
        return f"${to_fixed(amount, 4)}"
    return f"${to_fixed(amount, 3 if amount < 1 else 2)}"


def plural(count: float) -> str:
    """The ending of a noun that is counted: nothing for one, else `s`."""
    return "" if count == 1 else "s"


def counted(count: float, noun: str) -> str:
    """A number of things, grouped by thousands: `1 turn`, `2,000 turns`."""
    return f"{locale_text(count)} {noun}{plural(count)}"


def shortened(text: str, length: int) -> str:
    """`text` where it is at most `length` units long, else its beginning and an ellipsis, `length` units in all."""
    if utf16_length(text) <= length:
        return text
    return f"{utf16_slice(text, 0, length - 1)}…"


def padded(text: str, width: int) -> str:
    """`text` with spaces after it, up to `width` units."""
    return text + " " * (width - utf16_length(text))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells in columns as wide as their widest cell, two spaces apart; a row may end early."""
    widths: list[int] = []
    for row in rows:
        for column, cell in enumerate(row):
            if column == len(widths):
                widths.append(0)
            widths[column] = max(widths[column], utf16_length(cell))
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=False)).rstrip(WHITE_SPACE)


def bytes_text(size: float, *, unit: str) -> str:
    """A size in bytes: below 1024 as it is, followed by `unit`; else in KB to TB, with three significant digits."""
    if size < 1024:
        return f"{number_text(size)} {unit}"
    power = min(int(math.log2(size)) // 10, len(_UNITS))
    size /= 1024**power
    return f"{to_fixed(size, 0 if size >= 100 else 1 if size >= 10 else 2)} {_UNITS[power - 1]}"


def json_text(value: Any) -> str:
    """`JSON.stringify(value, null, 2)`."""
    return _json(value, "\n")


def _json(value: Any, line: str) -> str:
    """The JSON text of `value`; `line` is a newline and the indentation of the line that `value` begins on."""
    inner = line + _INDENT
    if isinstance(value, dict):
        parts = [f"{quote(key)}: {_json(value[key], inner)}" for key in property_order(value)]
        return f"{{{inner}{f',{inner}'.join(parts)}{line}}}" if parts else "{}"
    if isinstance(value, list | tuple):
        parts = [_json(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(parts)}{line}]" if parts else "[]"
    if isinstance(value, str):
        return quote(value)
    if value is None or isinstance(value, bool):
        return compact(value)
    return number_text(value)
