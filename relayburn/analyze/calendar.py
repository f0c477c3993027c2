"""Days, weeks and months of a time zone, and the five-hour windows in which subscriptions are metered.

In: times of turns, in milliseconds since the Unix epoch. Out: where periods begin and end, in the same unit. Days begin at
local midnight, whatever the clocks do that night; weeks on Monday.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, NamedTuple

Unit = Literal["day", "week", "month"]

_HOUR_MS = 3_600_000
BLOCK_MS = 5 * _HOUR_MS
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN = timedelta(days=62)
"""What a zone and a month may add to a time."""

_FIRST_DAY, _LAST_DAY = datetime.min.replace(tzinfo=UTC) + _MARGIN, datetime.max.replace(tzinfo=UTC) - _MARGIN
_FIRST_MS, _LAST_MS = ((day - _EPOCH) / timedelta(milliseconds=1) for day in (_FIRST_DAY, _LAST_DAY))


class Period(NamedTuple):
    """A day, week or month: its name (`2026-03-12`, `2026-03` for a month; a week bears its Monday's), begin and end."""

    name: str
    start: float
    end: float


def periods(unit: Unit, zone: tzinfo | None, times: Iterable[float]) -> list[Period]:
    """The periods that hold any of `times`, in order; `zone` None is the system's. None lies at the ends of time."""
    firsts = sorted({_first_day(unit, _local_date(moment, zone)) for moment in times if _is_datable(moment)})
    return [Period(_name(unit, first), _midnight(first, zone), _midnight(_next(unit, first), zone)) for first in firsts]


def blocks(times: Iterable[float]) -> list[Period]:
    """The five-hour windows of `times`, which are in order: one begins with the hour of the first turn outside the one before."""
    found: list[Period] = []
    for moment in filter(_is_datable, times):
        if not found or moment >= found[-1].end:
            start = moment - moment % _HOUR_MS
            found.append(Period("", start, start + BLOCK_MS))
    return found


def _is_datable(moment: float) -> bool:
    """Whether every zone has a date for `moment` and for the periods around it."""
    return _FIRST_MS <= moment <= _LAST_MS


def _local_date(moment: float, zone: tzinfo | None) -> date:
    return (_EPOCH + timedelta(milliseconds=moment)).astimezone(zone).date()


def _first_day(unit: Unit, day: date) -> date:
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "day":
            return day


def _next(unit: Unit, first: date) -> date:
    match unit:
        case "week":
            return first + timedelta(days=7)
        case "month":
            return (first + timedelta(days=31)).replace(day=1)
        case "day":
            return first + timedelta(days=1)


def _midnight(day: date, zone: tzinfo | None) -> float:
    local = datetime.combine(day, time.min, tzinfo=zone)
    return (local.astimezone(UTC) - _EPOCH) / timedelta(milliseconds=1)


def _name(unit: Unit, first: date) -> str:
    return first.isoformat()[:7] if unit == "month" else first.isoformat()
