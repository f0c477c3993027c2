"""What JavaScript makes of a JSON value of the wrong type, where the reference lets one through.

In: any JSON value, `UNSET` for a missing one. Out: its text as a template string gives it, or the order of two values
under `<` (reader-opencode.md 4 and 5). Lists of any depth are read without recursion.
"""

from __future__ import annotations

import math
from typing import Any

from relayburn.jsnum import is_number, number_text, to_double, to_number
from relayburn.records import UNSET
from relayburn.text import code_unit_key


def js_text(value: Any) -> str:
    """`String(value)`: lists are their items joined by commas, objects are `[object Object]`."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join("" if leaf is None else js_text(leaf) for leaf in _leaves(value))
    if isinstance(value, dict):
        return "[object Object]"
    if is_number(value):
        return _number_text(value)
    return _WORDS[value]


_WORDS = {None: "null", UNSET: "undefined", True: "true", False: "false"}


def _number_text(value: int | float) -> str:
    if math.isfinite(to_double(value)):
        return number_text(value)
    return "Infinity" if value > 0 else "-Infinity"


def _leaves(value: list[Any]) -> list[Any]:
    """The items of nested lists in order; an empty inner list is one empty text."""
    leaves: list[Any] = []
    todo: list[Any] = list(reversed(value))
    while todo:
        item = todo.pop()
        if not isinstance(item, list):
            leaves.append(item)
        elif item:
            todo.extend(reversed(item))
        else:
            leaves.append("")
    return leaves


def js_number(value: Any) -> int | float:
    """`Number(value)`; what cannot be read is NaN."""
    if is_number(value):
        return to_double(value)
    return to_number(js_text(value) if isinstance(value, list | dict) else value)


def js_order(left: Any, right: Any) -> int:
    """-1, 0 or 1 as `left < right` and `left > right` say; values that compare as NaN count as equal."""
    low, high = _comparable(left, right)
    return (low > high) - (low < high)


def _comparable(left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, list | dict):
        left = js_text(left)
    if isinstance(right, list | dict):
        right = js_text(right)
    if isinstance(left, str) and isinstance(right, str):
        return code_unit_key(left), code_unit_key(right)
    return to_number(left), to_number(right)
