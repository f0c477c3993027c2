"""Token counts and prices of any JSON type, used in arithmetic as JavaScript would.

Well-formed records never come here: callers add and multiply plainly and turn to this module only where
Python refuses (a count that is a text or null, a price that is missing).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from msgspec import UNSET
from msgspec.structs import astuple

from relayburn.jsnum import is_number, number_text, to_double, to_number
from relayburn.records import Usage

_NUMBERS = frozenset((int, float))


def number(value: Any) -> float:
    """`value` as JavaScript's arithmetic takes it; what is missing or no number is NaN."""
    return math.nan if value is UNSET else to_double(to_number(value))


def plain_usage(usage: Usage) -> Usage:
    """`usage` with six numbers; it is itself where it has them already."""
    counts = astuple(usage)
    if _NUMBERS.issuperset(map(type, counts)):
        return usage
    return Usage(**dict(zip(Usage.__struct_fields__, map(number, counts), strict=True)))


def add_up(values: Iterable[float]) -> float:
    """The sum from left to right. (`sum` corrects rounding on newer Pythons, and then differs from the reference.)"""
    total: float = 0
    for value in values:
        total += value
    return total


def plus(left: Any, right: Any) -> Any:
    """JavaScript's `left + right` of two counts: a text on either side joins the texts."""
    if isinstance(left, str) or isinstance(right, str):
        return _text(left) + _text(right)
    return number(left) + number(right)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is UNSET:
        return "undefined"
    if is_number(value):
        return number_text(value)
    return {None: "null", True: "true", False: "false"}[value] if value is None or isinstance(value, bool) else ""
