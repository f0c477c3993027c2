"""Values as a report shows them: one line of JSON, cut where it is long.

In: any value a recording or a subject may hold, NaN, lone surrogates and what is absent included. Out: plain text, or
a JSON value that any program can read.
"""

from __future__ import annotations

import json
import math
from typing import Any

from conformance.entries import ABSENT

LONGEST = 160


def shown(value: Any, longest: int = LONGEST) -> str:
    """`value` on one line, at most `longest` characters."""
    if value is ABSENT:
        return repr(value)
    try:
        text = json.dumps(value, ensure_ascii=True, default=repr)
    except (RecursionError, ValueError, TypeError):
        text = f"<{type(value).__name__}, nested too deeply to show>"
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


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
