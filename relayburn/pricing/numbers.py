"""Token counts and prices of any JSON type, used in arithmetic as JavaScript would.

Well-formed records never come here: callers add and multiply plainly and turn to this module only where
Python refuses (a count that is a text or null, a price that is missing).
"""

from __future__ import annotations

import math
from typing import Any

from msgspec import UNSET

from relayburn.jsnum import is_number, number_text, to_double, to_number


def number(value: Any) -> float:
    """`value` as JavaScript's arithmetic takes it; what is missing or no number is NaN."""
    return math.nan if value is UNSET else to_double(to_number(value))


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
