"""Times of OpenCode, milliseconds since the epoch, as the ISO texts of records (reader-opencode.md 3.7)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from relayburn.errors import InvalidTime

MAX_TIME_MS = 8_640_000_000_000_000
"""The largest distance from the epoch, in milliseconds, that a JavaScript date can have."""

_DAY_MS = 86_400_000
_DAYS_TO_EPOCH = date(1970, 1, 1).toordinal() - 1
_CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097


def iso(ms: int | float) -> str:
    """`ms` in UTC, as `YYYY-MM-DDTHH:MM:SS.mmmZ`. Raises `InvalidTime` beyond what a JavaScript date can hold.

    A fraction of a millisecond is cut off; years outside 0 to 9999 have a sign and six digits.
    """
    if not -MAX_TIME_MS <= ms <= MAX_TIME_MS:
        raise InvalidTime(ms)
    days, rest = divmod(int(ms), _DAY_MS)
    seconds, millis = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_date(days)}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"


@lru_cache(maxsize=1024)
def _date(days: int) -> str:
    # The calendar repeats every 400 years, which brings years that Python's dates lack into their range.
    cycle, day = divmod(days + _DAYS_TO_EPOCH, _CYCLE_DAYS)
    known = date.fromordinal(day + 1)
    year = known.year + cycle * _CYCLE_YEARS
    text = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
    return f"{text}-{known.month:02}-{known.day:02}"
