"""Days, weeks and months where the clock changes, and windows of five hours."""

from __future__ import annotations

from datetime import UTC, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.analyze.calendar import BLOCK_MS, Unit, blocks, periods
from relayburn.jsdate import iso, parse_date

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(
    [UTC, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Apia")]
)
TIMES = st.lists(st.integers(946_684_800_000, 2_208_988_800_000), min_size=1).map(sorted)


def ms(text: str) -> float:
    found = parse_date(text)
    assert found is not None
    return found


def test_a_day_is_that_of_the_zone() -> None:
    late = ms("2026-03-01T23:30:00Z")

    assert [period.name for period in periods("day", UTC, [late])] == ["2026-03-01"]
    assert [period.name for period in periods("day", BERLIN, [late])] == ["2026-03-02"]


def test_the_day_on_which_clocks_are_put_forward_has_23_hours() -> None:
    [day] = periods("day", BERLIN, [ms("2026-03-29T12:00:00Z")])

    assert (iso(day.start), iso(day.end)) == ("2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z")


@pytest.mark.parametrize(
    ("unit", "name", "start", "end"),
    [
        ("day", "2026-03-12", "2026-03-12", "2026-03-13"),
        ("week", "2026-03-09", "2026-03-09", "2026-03-16"),
        ("month", "2026-03", "2026-03-01", "2026-04-01"),
    ],
)
def test_a_period_has_a_name_and_ends_where_the_next_begins(unit: Unit, name: str, start: str, end: str) -> None:
    assert periods(unit, UTC, [ms("2026-03-12T09:00:00Z")]) == [(name, ms(start), ms(end))]


def test_december_is_followed_by_january() -> None:
    assert periods("month", UTC, [ms("2026-12-31")])[0].end == ms("2027-01-01")


@given(times=TIMES, zone=ZONES, unit=st.sampled_from(["day", "week", "month"]))
def test_every_time_stands_in_just_one_period_and_every_period_has_a_time(
    times: list[int], zone: tzinfo, unit: Unit
) -> None:
    found = periods(unit, zone, times)

    assert all(sum(period.start <= moment < period.end for period in found) == 1 for moment in times)
    assert all(any(period.start <= moment < period.end for moment in times) for period in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def test_a_window_begins_with_the_hour_and_ends_after_five() -> None:
    [block] = blocks([ms("2026-03-12T09:59:00Z"), ms("2026-03-12T13:59:00Z")])

    assert (iso(block.start), iso(block.end)) == ("2026-03-12T09:00:00.000Z", "2026-03-12T14:00:00.000Z")


def test_a_turn_at_a_windows_end_begins_the_next() -> None:
    assert len(blocks([ms("2026-03-12T09:10:00Z"), ms("2026-03-12T14:00:00Z")])) == 2


@given(times=TIMES)
def test_windows_never_overlap_and_hold_every_time(times: list[int]) -> None:
    found = blocks(times)

    assert all(sum(block.start <= moment < block.end for block in found) == 1 for moment in times)
    assert all(block.end - block.start == BLOCK_MS for block in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
