"""What was spent when: nothing is lost, whatever the zone, and the archive and a walk say the same."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest

from relayburn.analyze.calendar import Unit
from relayburn.errors import InvalidOption
from relayburn.jsdate import parse_date
from relayburn.ledger.home import Home
from relayburn.records import UNSET, to_wire
from relayburn.sdk import summary
from relayburn.sdk.spending_over_time import spending_by_block, spending_by_period
from relayburn.sdk.standings import standing
from tests.archive.ledgers import ledger, line, made_up_lines, new_home
from tests.ledger.records import NOW_MS, turn

HOUR_MS = 3_600_000


def a_turn(ts: str, message: str = "m-1", model: str = "claude-sonnet-4-6", **more: object) -> bytes:
    return line("turn", turn(message, ts=ts, model=model, **more))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path)


def test_a_day_is_that_of_the_zone(home: Home) -> None:
    ledger(home, a_turn("2026-03-01T23:30:00.000Z"), a_turn("2026-03-02T10:00:00.000Z", "m-2"))

    assert [(day.name, day.spent.turns) for day in spending_by_period(home, tz="UTC")] == [
        ("2026-03-01", 1),
        ("2026-03-02", 1),
    ]
    assert [(day.name, day.spent.turns) for day in spending_by_period(home, tz="Europe/Berlin")] == [("2026-03-02", 2)]


def test_a_day_costs_what_its_models_cost_and_names_the_dearest_first(home: Home) -> None:
    ledger(
        home,
        a_turn("2026-03-01T10:00:00.000Z", "m-1", "claude-haiku-4-5"),
        a_turn("2026-03-01T11:00:00.000Z", "m-2", "claude-opus-4-5"),
    )
    [day] = spending_by_period(home, tz="UTC")

    # 10 input, 20 output, 100 cache reads, 30 5-minute cache writes: Haiku at 1/5/0.1/1.25, Opus at 5/25/0.5/6.25 a million.
    assert [share.model for share in day.models] == ["claude-opus-4-5", "claude-haiku-4-5"]
    assert [share.spent.cost for share in day.models] == [pytest.approx(787.5e-6), pytest.approx(157.5e-6)]
    assert day.spent.cost == pytest.approx(945e-6)
    assert day.spent.total_tokens == 320


def test_a_turn_without_a_price_is_counted(home: Home) -> None:
    ledger(home, a_turn("2026-03-01T10:00:00.000Z", model="nobody-knows"))
    [day] = spending_by_period(home, tz="UTC")

    assert (day.spent.turns, day.spent.unpriced_turns, day.spent.cost) == (1, 1, 0)


def test_a_turn_without_a_time_is_not_lost(home: Home) -> None:
    ledger(home, a_turn(""), a_turn("2026-03-01T10:00:00.000Z", "m-2"))
    undated, day = spending_by_period(home, tz="UTC")

    assert (undated.name, undated.start, undated.spent.turns) == ("undated", UNSET, 1)
    assert day.spent.turns == 1


def test_only_turns_between_since_and_until_count(home: Home) -> None:
    ledger(home, *(a_turn(f"2026-03-0{day}T10:00:00.000Z", f"m-{day}") for day in range(1, 6)))
    found = spending_by_period(home, tz="UTC", since="2026-03-02", until="2026-03-04T12:00:00Z")

    assert [day.name for day in found] == ["2026-03-02", "2026-03-03", "2026-03-04"]


def test_a_zone_that_nobody_knows_is_refused(home: Home) -> None:
    with pytest.raises(InvalidOption, match="unknown time zone: Mars/Base"):
        spending_by_period(home, tz="Mars/Base")


@pytest.mark.parametrize(("unit", "seed"), [("day", 1), ("week", 2), ("month", 3)])
@pytest.mark.parametrize("tz", ["UTC", "Asia/Kathmandu"])
def test_the_periods_add_up_to_the_summary(home: Home, seed: int, unit: Unit, tz: str) -> None:
    ledger(home, *made_up_lines(seed, 150))
    found = spending_by_period(home, unit=unit, tz=tz)
    whole = summary(home)

    assert sum(period.spent.turns for period in found) == whole.turn_count
    assert sum(period.spent.unpriced_turns for period in found) == whole.unpriced_turns
    assert math.isclose(sum(period.spent.cost for period in found), whole.total_cost, abs_tol=1e-9)
    assert math.isclose(sum(period.spent.total_tokens for period in found), whole.total_tokens)


NO_TIMES = ("0001-01-01T00:00:00Z", "9999-12-31T23:30:00Z", "zzz")
IMPOSSIBLE_TIMES = ("2026-02-31T10:00:00Z", "2026-02-28T24:00:00Z", "2026-02-28", "2026-03-01 11:00:00Z", "2026-03-0")
"""Texts between those of the last of February and the first of March, as Tokyo and New York have them."""


@pytest.mark.parametrize("ts", [*NO_TIMES, *IMPOSSIBLE_TIMES])
@pytest.mark.parametrize("tz", ["America/New_York", "Asia/Tokyo"])
def test_a_time_that_no_calendar_has_is_not_readable(home: Home, ts: str, tz: str) -> None:
    ledger(home, a_turn("2026-02-27T12:00:00.000Z"), a_turn(ts, "m-2"), a_turn("2026-03-01T12:00:00.000Z", "m-3"))
    undated, *days = spending_by_period(home, tz=tz)

    assert (undated.name, undated.spent.turns) == ("undated", 1)
    assert [(day.name, day.spent.turns) for day in days] == [("2026-02-27", 1), ("2026-03-01", 1)]


@pytest.mark.parametrize("ts", [*NO_TIMES, *IMPOSSIBLE_TIMES])
def test_a_turn_without_a_readable_time_is_in_no_window(home: Home, ts: str) -> None:
    ledger(home, a_turn("2026-02-27T12:00:00.000Z"), a_turn(ts, "m-2"), a_turn("2026-03-01T12:00:00.000Z", "m-3"))

    logged: list[str] = []

    assert [block.spent.turns for block in spending_by_block(home, on_log=logged.append)] == [1, 1]
    assert logged == ["turns without a readable time, which are in no window: 1"]


def test_where_the_archive_fails_a_walk_says_the_same(home: Home) -> None:
    times = ("2026-02-27T12:00:00.000Z", "2026-03-01T12:00:00.000Z", *IMPOSSIBLE_TIMES)
    dated = [a_turn(ts, f"at-{number}") for number, ts in enumerate(times)]
    ledger(home, *made_up_lines(4, 120), *dated)
    archived = [to_wire(period) for period in spending_by_period(home, tz="Asia/Tokyo")]
    told: list[str] = []
    broken = replace(home, path=home.path.with_name("broken"))
    broken.path.mkdir(exist_ok=True)
    broken.ledger.write_bytes(home.ledger.read_bytes())
    # A file where the archive's folder would lie.
    broken.archive.touch()
    walked = [to_wire(period) for period in spending_by_period(broken, tz="Asia/Tokyo", on_log=told.append)]

    assert told
    assert [period["name"] for period in walked] == [period["name"] for period in archived]
    for one, other in zip(walked, archived, strict=True):
        assert one["spent"]["cost"] == pytest.approx(other["spent"]["cost"], abs=1e-9)
        assert one["spent"] | {"cost": 0} == other["spent"] | {"cost": 0}


def test_the_open_window_tells_its_rate_and_where_it_is_heading(home: Home) -> None:
    # It is midnight; the window began at 22:00, its first turn came at 22:30, an hour and a half ago.
    ledger(home, a_turn("2026-11-20T22:30:00.000Z"), a_turn("2026-11-20T23:59:00.000Z", "m-2"))
    [block] = spending_by_block(home)

    assert (block.start, block.end) == ("2026-11-20T22:00:00.000Z", "2026-11-21T03:00:00.000Z")
    assert (block.first_turn, block.last_turn) == ("2026-11-20T22:30:00.000Z", "2026-11-20T23:59:00.000Z")
    assert block.is_active
    assert block.minutes_left == 180
    assert block.usd_per_hour == pytest.approx(block.spent.cost / 1.5)
    assert block.tokens_per_minute == pytest.approx(block.spent.total_tokens / 90)
    assert block.projected_cost == pytest.approx(block.spent.cost * 3)


def test_a_window_that_is_over_has_no_rate(home: Home) -> None:
    ledger(home, a_turn("2026-11-20T18:30:00.000Z"))
    [block] = spending_by_block(home)

    assert not block.is_active
    assert block.usd_per_hour is UNSET


def test_windows_add_up_to_the_summary(home: Home) -> None:
    ledger(home, *made_up_lines(7, 200))

    found = spending_by_block(home)

    assert sum(block.spent.turns for block in found) == summary(home).turn_count
    assert sum(block.spent.cost for block in found) == pytest.approx(summary(home).total_cost, abs=1e-9)


def test_standing_knows_the_session_today_and_the_window(home: Home) -> None:
    ledger(
        home,
        a_turn("2026-11-20T23:30:00.000Z", "m-1"),
        a_turn("2026-11-20T10:00:00.000Z", "m-2"),
        a_turn("2026-11-01T10:00:00.000Z", "m-3"),
    )
    # Of one turn: 10 x 3 + 20 x 15 + 100 x 0.3 + 30 x 3.75 millionths.
    one = 472.5e-6
    before_midnight = replace(home, clock=lambda: NOW_MS - 1)
    found = standing(before_midnight, session="s-1", tz="UTC")

    assert found.session == pytest.approx(3 * one, abs=1e-6)
    assert found.today == pytest.approx(2 * one)
    assert found.block is not UNSET
    assert found.block.cost == pytest.approx(one)
    assert found.block.usd_per_hour == pytest.approx(2 * one, rel=1e-3)


def test_today_counts_what_searches_cost(home: Home) -> None:
    ledger(
        home,
        a_turn("2026-11-20T23:30:00.000Z", webSearches=3),
        a_turn("2026-11-19T23:30:00.000Z", "m-2", webSearches=2),
    )
    before_midnight = replace(home, clock=lambda: NOW_MS - 1)

    assert standing(before_midnight, tz="UTC").today == pytest.approx(472.5e-6 + 0.03)


def test_a_time_that_no_calendar_has_is_not_today(home: Home) -> None:
    impossible = ("2026-11-31T10:00:00Z", "2026-11-30T24:00:00Z", "2026-12-00T01:00:00Z", *NO_TIMES)
    ledger(
        home,
        a_turn("2026-12-01T02:00:00.000Z"),
        *(a_turn(ts, f"m-{number}") for number, ts in enumerate(impossible, start=2)),
    )
    first_of_december = replace(home, clock=lambda: parse_date("2026-12-01T03:00:00Z"))

    assert standing(first_of_december, tz="Asia/Tokyo").today == pytest.approx(472.5e-6)


def test_a_new_day_has_cost_nothing_yet(home: Home) -> None:
    ledger(home, a_turn("2026-11-20T10:00:00.000Z"))
    tomorrow = replace(home, clock=lambda: NOW_MS + HOUR_MS)

    assert standing(tomorrow, tz="UTC").today == 0


def test_web_searches_are_charged_beside_the_tokens(home: Home) -> None:
    ledger(
        home,
        a_turn("2026-03-01T10:00:00.000Z", webSearches=3),
        a_turn("2026-03-01T11:00:00.000Z", "m-2"),
        a_turn("2026-03-02T11:00:00.000Z", "m-3", webSearches=4),
        a_turn("2026-03-02T11:00:00.000Z", "m-4", "gpt-5.4", webSearches=5),
    )
    found = spending_by_period(home, tz="UTC")

    assert [(day.spent.web_searches, day.spent.fees) for day in found] == [
        (3, pytest.approx(0.03)),
        (9, pytest.approx(0.04)),
    ]
    assert found[0].spent.cost == pytest.approx(2 * 472.5e-6)
