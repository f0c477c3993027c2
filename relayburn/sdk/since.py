"""How far back a verb looks.

In: a time as a user writes it, absolute or so and so long ago. Out: the same as ISO text in UTC, or nothing (sdk.md 2).
"""

from __future__ import annotations

import re
from typing import Any

from relayburn.errors import InvalidOption, InvalidTime
from relayburn.jsdate import iso, parse_date
from relayburn.ledger.home import Home

_AGO = re.compile(r"([0-9]+)([hdwm])")
_HOUR_MS = 3_600_000
_UNIT_MS = {"h": _HOUR_MS, "d": 24 * _HOUR_MS, "w": 7 * 24 * _HOUR_MS, "m": 30 * 24 * _HOUR_MS}
"""A month is 30 days."""


def normalized_since(home: Home, since: Any) -> str | None:
    """`since` as `YYYY-MM-DDTHH:MM:SS.mmmZ`; None where it is empty or no text. Raises `InvalidOption`."""
    if not isinstance(since, str) or not since:
        return None
    time = since_time(home, since)
    if time is None:
        raise InvalidOption(f"invalid since: {since} (expected ISO timestamp or relative range like 7d)")
    return time


def since_time(home: Home, text: str) -> str | None:
    """The time that `text` names, as ISO text; None where it names none, or none that a date can hold."""
    ms = since_ms(home, text)
    try:
        return None if ms is None else iso(ms)
    except InvalidTime:
        return None


def since_ms(home: Home, text: str) -> float | None:
    """The time that `text` names, in milliseconds since the epoch; None where it names none.

    `7d`, `12h`, `2w` and `1m` count back from the clock of `home`; a time that names no zone is local.
    """
    if ago := _AGO.fullmatch(text):
        return home.clock() - float(ago[1]) * _UNIT_MS[ago[2]]
    return parse_date(text)
