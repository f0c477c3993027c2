"""Values as a report shows them: one line, cut where it is long, around the place where two differ.

In: any value a recording or a subject may hold, NaN, lone surrogates and what is absent included; texts of a subject,
which may hold anything. Out: plain text that no terminal obeys, or a JSON value that any program can read.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from conformance.entries import ABSENT

LONGEST = 160
_CONTEXT = 40
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def shown(value: Any) -> str:
    """`value` on one line, cut where it is long."""
    return _cut(_text_of(value), 0)


def shown_pair(expected: Any, actual: Any) -> tuple[str, str]:
    """Both values on one line each; of long ones that begin alike, the part where they no longer do."""
    one, other = _text_of(expected), _text_of(actual)
    pairs = enumerate(zip(one, other, strict=False))
    alike = next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
    start = max(0, alike - _CONTEXT) if max(len(one), len(other)) > LONGEST else 0
    return _cut(one, start), _cut(other, start)


def _text_of(value: Any) -> str:
    if value is ABSENT:
        return repr(value)
    try:
        return json.dumps(value, default=repr)
    except (RecursionError, ValueError, TypeError):
        return f"<{type(value).__name__} that cannot be shown as JSON>"


def _cut(text: str, start: int) -> str:
    rest = text[start:]
    return ("..." if start else "") + (rest if len(rest) <= LONGEST else f"{rest[: LONGEST - 3]}...")


def printable(text: str) -> str:
    """`text` of a subject with what a terminal would obey, or no encoding can say, written out."""
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def readable(value: Any) -> Any:
    """`value` for a JSON report: what JSON cannot say is said in words."""
    if value is ABSENT:
        return repr(value)
    try:
        return json.loads(json.dumps(value, default=repr), parse_constant=str)
    except (RecursionError, ValueError, TypeError):
        return shown(value)


def money(delta: float | None) -> str:
    """A difference in USD with its sign; nothing where there is none."""
    if delta is None:
        return ""
    return f"{delta:+.12g} USD" if math.isfinite(delta) else f"{delta} USD"


def counted(number: int, what: str) -> str:
    """`1 exchange`, `2 exchanges`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
