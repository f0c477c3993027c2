"""Times as JavaScript's `Date` reads and writes them.

In: a text. Out: milliseconds since the epoch, or nothing where it is no time; and back. Read are the ISO forms that sources write
and users type, with V8's leniency: `t` or one space for `T`, `z` for `Z`, `+hhmm`, a day up to 31 in every month. The
engine's free-form dates (`Nov 15 2026`) are not (quality.md 2.1, sdk.md 2, cli.md 4).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from relayburn.errors import InvalidTime

MAX_TIME_MS = 8_640_000_000_000_000
"""The largest distance from the epoch, in milliseconds, that a JavaScript date can have."""

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097

_FORM = re.compile(
    r"(?P<year>[0-9]{4}|[+-][0-9]{6})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12][0-9]|3[01]))?)?"
    r"(?:(?P<separator>[Tt ])(?P<hour>[01][0-9]|2[0-4]):(?P<minute>[0-5][0-9])"
    r"(?::(?P<second>[0-5][0-9])(?:\.(?P<fraction>[0-9]+))?)?"
    r"(?:(?P<utc>[Zz])|(?P<sign>[+-])(?P<zone_hour>[01][0-9]|2[0-3]):?(?P<zone_minute>[0-5][0-9]))?)?"
)


def parse_date(text: str, zone: tzinfo | None = None) -> int | None:
    """`text` as milliseconds since the epoch, a fraction of one cut off; None where it is unreadable or out of range.

    A date alone is UTC. A date with a time that names no zone is in `zone`; None stands for the process's own.
    """
    form = _FORM.fullmatch(text)
    if form is None or not _is_year(form):
        return None
    time = _time_of_day(form)
    if time is None:
        return None
    ms = _day(form) * _DAY_MS + time
    if form["sign"]:
        ms -= _offset(form)
    elif form["hour"] and not form["utc"]:
        ms -= _zone_offset(ms, zone)
    return ms if abs(ms) <= MAX_TIME_MS else None


def _is_year(form: re.Match[str]) -> bool:
    """False for a negative zero, and for a small year before a space: a free-form date such as month, day and year."""
    return form["year"] != "-000000" and not (form["separator"] == " " and 0 <= int(form["year"]) < 100)


def _day(form: re.Match[str]) -> int:
    """Days from the epoch. A day that its month lacks is counted on into the next."""
    cycle, year_of_cycle = divmod(int(form["year"]) - 1, _CYCLE_YEARS)
    first = date(year_of_cycle + 1, int(form["month"] or 1), 1).toordinal()
    return first + cycle * _CYCLE_DAYS - _EPOCH_DAY + int(form["day"] or 1) - 1


def _time_of_day(form: re.Match[str]) -> int | None:
    """Milliseconds from midnight, None for a time after 24:00."""
    hour, minute, second = (int(form[part] or 0) for part in ("hour", "minute", "second"))
    fraction = form["fraction"] or ""
    if hour == 24 and (minute or second or fraction.strip("0")):
        return None
    return hour * _HOUR_MS + minute * _MINUTE_MS + second * 1000 + int(fraction[:3].ljust(3, "0"))


def _offset(form: re.Match[str]) -> int:
    offset = int(form["zone_hour"]) * _HOUR_MS + int(form["zone_minute"]) * _MINUTE_MS
    return -offset if form["sign"] == "-" else offset


def _zone_offset(local_ms: int, zone: tzinfo | None) -> int:
    """How far ahead of UTC `zone` is when its clocks show `local_ms`, in milliseconds."""
    # Years that Python's dates lack borrow the rules of the nearest year that it has, of the same calendar.
    seconds = local_ms // 1000
    cycle_s = _CYCLE_DAYS * 86_400
    while not _FIRST_S <= seconds < _END_S:
        seconds += cycle_s if seconds < _FIRST_S else -cycle_s
    local = _EPOCH + timedelta(seconds=seconds)
    return round((seconds - local.replace(tzinfo=zone).timestamp()) * 1000)


_EPOCH = datetime(1970, 1, 1)
_FIRST_S, _END_S = (round((datetime(year, 1, 1) - _EPOCH).total_seconds()) for year in (2, 9999))


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
    return f"{_date_text(days)}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"


@lru_cache(maxsize=1024)
def _date_text(days: int) -> str:
    # The calendar repeats every 400 years, which brings years that Python's dates lack into their range.
    cycle, day = divmod(days + _EPOCH_DAY - 1, _CYCLE_DAYS)
    known = date.fromordinal(day + 1)
    year = known.year + cycle * _CYCLE_YEARS
    text = f"{year:04}" if 0 <= year <= 9999 else f"{year:+07}"
    return f"{text}-{known.month:02}-{known.day:02}"
