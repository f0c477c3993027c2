"""Which texts are times, and which time each is."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relayburn.jsdate import MAX_TIME_MS, parse_date


def utc(*parts: int) -> int:
    return round(datetime(*parts, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026", utc(2026, 1, 1)),
        ("2026-11", utc(2026, 11, 1)),
        ("2026-11-15", utc(2026, 11, 15)),
        ("2026-11-15T10:01", utc(2026, 11, 15, 10, 1)),
        ("2026-11-15T10:01:02", utc(2026, 11, 15, 10, 1, 2)),
        ("2026-11-15 10:01:02", utc(2026, 11, 15, 10, 1, 2)),
        ("2026-11-15t10:01:02z", utc(2026, 11, 15, 10, 1, 2)),
        ("2026-11-15T12:01:00+02:00", utc(2026, 11, 15, 10, 1)),
        ("2026-11-15T10:01:00-0530", utc(2026, 11, 15, 15, 31)),
        ("2026-11-15T10:01:00-00:00", utc(2026, 11, 15, 10, 1)),
        ("+002026-11-15", utc(2026, 11, 15)),
        ("0001-01-01T00:00Z", utc(1, 1, 1)),
        ("0000-01-01", utc(1, 1, 1) - 366 * 86_400_000),
        ("1969-12-31T23:59:59.999Z", -1),
    ],
)
def test_the_iso_forms_are_times(text: str, ms: int):
    assert parse_date(text, UTC) == ms


@pytest.mark.parametrize(
    ("fraction", "ms"), [("5", 500), ("05", 50), ("9999", 999), ("0004", 0), ("123456789012345678901", 123)]
)
def test_a_fraction_of_a_second_is_cut_to_milliseconds(fraction: str, ms: int):
    assert parse_date(f"1970-01-01T00:00:00.{fraction}Z") == ms


def test_a_day_that_its_month_lacks_is_counted_on():
    assert parse_date("2026-02-30") == utc(2026, 3, 2)
    assert parse_date("2026-06-31T00:00Z") == utc(2026, 7, 1)


def test_twenty_four_o_clock_is_the_next_midnight_and_nothing_comes_after_it():
    assert parse_date("2026-12-31T24:00Z") == parse_date("2026-12-31T24:00:00.000Z") == utc(2027, 1, 1)
    assert parse_date("2026-12-31T24:00:00.0001Z") is None
    assert parse_date("2026-12-31T24:00:01Z") is None
    assert parse_date("2026-12-31T24:01Z") is None


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "soon", "7", "20261115", "1763200000000", "10:01", "2026-W46", "2026-1-1", "026-01-01", "-000000"),
        *(
            "2026-00-01",
            "2026-13-01",
            "2026-01-00",
            "2026-02-32",
            " 2026-11-15",
            "2026-11-15 ",
            "2026-11-15T",
            "２０２６",
        ),
        *("2026-11-15T10", "2026-11-15T1:01", "2026-11-15T25:00", "2026-11-15T10:60", "2026-11-15T10:01:60Z"),
        *(
            "2026-11-15T10:01:00.",
            "2026-11-15T10:01:00,5",
            "2026-11-15T10:01.5",
            "2026-11-15T10:01 Z",
            "2026-11-15  10:01",
        ),
        *("2026-11-15T10:01+02", "2026-11-15T10:01+24:00", "2026-11-15T10:01+02:60", "2026-11-15T10:01+2:00"),
        *("0042-01-01 00:00", "Nov 15 2026", "2026/11/15"),
    ],
)
def test_anything_else_is_none(text: str):
    assert parse_date(text) is None


def test_times_end_where_a_javascript_date_ends():
    assert parse_date("+275760-09-13") == MAX_TIME_MS
    assert parse_date("+275760-09-13T00:00:00.001Z") is None
    assert parse_date("-271821-04-20") == -MAX_TIME_MS
    assert parse_date("-271821-04-19") is None


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch):
    """The process's clocks show New York's time."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("new_york")
def test_a_time_without_zone_is_local_and_a_date_alone_is_utc():
    assert parse_date("2026-11-15") == utc(2026, 11, 15)
    assert parse_date("2026-11-15T00:00") == utc(2026, 11, 15, 5)
    assert parse_date("2026-07-15 00:00") == utc(2026, 7, 15, 4)
    assert parse_date("2026-07-15T00:00Z") == utc(2026, 7, 15)


@pytest.mark.usefixtures("new_york")
def test_of_a_repeated_hour_the_first_is_meant_and_a_skipped_one_counts_on_from_before():
    assert parse_date("2026-11-01T01:30") == utc(2026, 11, 1, 5, 30)
    assert parse_date("2026-03-08T02:30") == utc(2026, 3, 8, 7, 30)


def test_years_beyond_the_calendar_use_the_rules_of_its_ends():
    zone = ZoneInfo("America/New_York")
    assert parse_date("+012026-07-15T00:00", zone) == parse_date("+012026-07-15T04:00Z")
    assert parse_date("-000001-07-15T00:00:00", zone) == parse_date("-000001-07-15T04:56:02Z")


@pytest.mark.properties
@given(st.text(max_size=30) | st.from_regex(r"[+-]?[0-9]{4,6}-[0-9]{2}-[0-9]{2}[T ][0-9:.Z+-]*", fullmatch=True))
def test_no_text_fails(text: str):
    ms = parse_date(text, UTC)
    assert ms is None or -MAX_TIME_MS <= ms <= MAX_TIME_MS


@pytest.mark.properties
@given(
    st.datetimes(min_value=datetime(1000, 1, 1)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
    st.sampled_from(["T", "t", " "]),
    st.sampled_from(["", ":"]),
)
def test_every_spelling_of_an_instant_is_that_instant(instant: datetime, minutes: int, separator: str, colon: str):
    instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    sign = "-" if minutes < 0 else "+"
    hour, minute = divmod(abs(minutes), 60)
    text = f"{instant.isoformat(separator, 'milliseconds')}{sign}{hour:02}{colon}{minute:02}"
    expected = (instant - datetime(1970, 1, 1) - timedelta(minutes=minutes)) // timedelta(milliseconds=1)
    assert parse_date(text) == expected
