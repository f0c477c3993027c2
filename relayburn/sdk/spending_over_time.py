"""What was spent when: by local day, week or month, and in the five-hour windows in which subscriptions are metered.

In: a home and which turns. Out: tokens and US dollars of each period that has turns, and of each model in it. The archive
adds turns up, a walk where it fails; turns without a readable time stand in a period of their own, so that nothing is lost.
"""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET, UnsetType

from relayburn.analyze.calendar import Period, Unit, blocks, periods
from relayburn.errors import InvalidOption
from relayburn.jsdate import iso, parse_date
from relayburn.ledger.archive.windows import (
    BEFORE_ALL,
    SearchGroup,
    WindowGroup,
    searches_in_windows,
    spending_in_windows,
    turn_minutes,
)
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.fees import web_search_fee
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import plain_usage
from relayburn.pricing.rate import context_tokens, price_steps
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, TurnRecord, Usage
from relayburn.sdk.group_prices import cost_of_group, rate_of_group
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.sdk.since import normalized_since
from relayburn.semantics import CURRENT, Semantics

UNDATED = "undated"
_MINUTE = "YYYY-MM-DDTHH:MM"
_LAST_CHARACTER = chr(sys.maxunicode)
_MS_PER_HOUR = 3_600_000
_MS_PER_MINUTE = 60_000


class Spending(Record, kw_only=True):
    """Turns, their tokens by class and in all, and US dollars; turns without a price are among `turns` and cost nothing.

    `cost` is what the tokens cost, `fees` what `web_searches` cost besides, where the log tells of them.
    """

    turns: int = 0
    usage: Usage
    total_tokens: float = 0
    cost: float = 0
    unpriced_turns: int = 0
    web_searches: int = 0
    fees: float = 0


class ModelShare(Record, kw_only=True):
    """What one model had of it; `model` as logged."""

    model: str
    spent: Spending


class PeriodSpending(Record, kw_only=True):
    """One day, week or month. `start` and `end` are ISO times in UTC, absent for turns without a readable time."""

    name: str
    start: str | UnsetType = UNSET
    end: str | UnsetType = UNSET
    spent: Spending
    models: list[ModelShare]


class BlockSpending(Record, kw_only=True):
    """One window of five hours, which begins with the hour of its first turn.

    Of the window that is still open, `usd_per_hour` and `tokens_per_minute` tell the rate since its first turn, and
    `projected_cost` and `projected_tokens` what it comes to by its end at this rate.
    """

    start: str
    end: str
    first_turn: str
    last_turn: str
    spent: Spending
    models: list[ModelShare]
    is_active: bool = False
    minutes_left: float | UnsetType = UNSET
    usd_per_hour: float | UnsetType = UNSET
    tokens_per_minute: float | UnsetType = UNSET
    projected_cost: float | UnsetType = UNSET
    projected_tokens: float | UnsetType = UNSET


def time_zone(name: str | None) -> tzinfo | None:
    """The zone called `name` (`Europe/Berlin`, `UTC`); None, which stands for the system's, where there is no name.

    Raises `InvalidOption` where there is no such zone, or the system's is a day away from everything.
    """
    if not name:
        try:
            datetime.fromtimestamp(0, UTC).astimezone()
        except (ValueError, OverflowError) as cause:
            raise InvalidOption(
                f"the system's time zone (TZ) cannot be used: {cause}; name another with --tz"
            ) from None
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise InvalidOption(f"unknown time zone: {name} (expected a name such as Europe/Berlin or UTC)") from None


def spending_by_period(
    home: HomeLike = None,
    *,
    unit: Unit = "day",
    tz: str | None = None,
    since: str | None = None,
    until: str | None = None,
    session: str | None = None,
    project: str | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> list[PeriodSpending]:
    """What was spent in each `day`, `week` or `month` of the zone `tz` that has turns, the earliest first.

    Raises `InvalidOption`, `HomeUnreadable`, `UnsupportedStorage`.
    """
    zone = time_zone(tz)
    reading = Reading(home_of(home), semantics, on_log)
    query = _query(reading, since, until, session, project)
    times = _times(reading, query)
    found = periods(unit, zone, times.moments)
    shares = _shares(reading, query, found, times.unreadable)
    result = []
    for at, rows in shares.items():
        if at == BEFORE_ALL:
            result.append(PeriodSpending(name=UNDATED, spent=_added(rows), models=rows))
        else:
            name, start, end = found[at]
            spent = _added(rows)
            result.append(PeriodSpending(name=name, start=iso(start), end=iso(end), spent=spent, models=rows))
    return result


def spending_by_block(
    home: HomeLike = None,
    *,
    since: str | None = None,
    session: str | None = None,
    project: str | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> list[BlockSpending]:
    """What was spent in each window of five hours that has turns, the earliest first.

    Windows are those of all turns that are asked for: `since` cuts a window that was open then. Raises as
    `spending_by_period`.
    """
    reading = Reading(home_of(home), semantics, on_log)
    return block_spending(reading, _query(reading, since, None, session, project))


def block_spending(reading: Reading, query: LedgerQuery) -> list[BlockSpending]:
    """What the turns that `query` asks for spent in each of their windows; `reading` is told of turns that are in none.

    Raises `HomeUnreadable`, `UnsupportedStorage`.
    """
    times = _times(reading, query)
    moments = times.moments
    found = blocks(moments)
    shares = _shares(reading, query, found, times.unreadable)
    if undated := _added(shares.get(BEFORE_ALL, ())).turns:
        reading.on_log(f"turns without a readable time, which are in no window: {undated}")
    now = reading.home.clock()
    result = []
    for at, block in enumerate(found):
        rows = shares.get(at, [])
        inside = moments[bisect_right(moments, block.start - 1) : bisect_right(moments, block.end - 1)]
        spending = BlockSpending(
            start=iso(block.start),
            end=iso(block.end),
            first_turn=iso(inside[0]),
            last_turn=iso(inside[-1]),
            spent=_added(rows),
            models=rows,
        )
        result.append(_with_rate(spending, inside[0], block.end, now) if block.start <= now < block.end else spending)
    return result


def day_spending(reading: Reading, zone: tzinfo | None, moment: float) -> Spending:
    """What was spent on the day of `zone` that holds `moment`. Raises as `block_spending`."""
    found = periods("day", zone, [moment])
    query = LedgerQuery(since=iso(found[0].start))
    return _added(_shares(reading, query, found, _times(reading, query).unreadable).get(0, ()))


def _query(
    reading: Reading, since: str | None, until: str | None, session: str | None, project: str | None
) -> LedgerQuery:
    return LedgerQuery(
        since=normalized_since(reading.home, since),
        until=normalized_since(reading.home, until),
        session_id=session or None,
        project=project or None,
    )


class _Times(NamedTuple):
    """When there were turns: the minutes in milliseconds since the epoch, in order, and texts that are none, cut as minutes are.

    Turns are put into windows by the text of their time: one that is not written as its time is (the 31st of February, 24
    o'clock) counts as unreadable.
    """

    moments: list[int]
    unreadable: list[str]


def _times(reading: Reading, query: LedgerQuery) -> _Times:
    found = reading.from_archive(
        lambda: turn_minutes(reading.home, query, semantics=reading.semantics),
        lambda: sorted({id_text(turn.ts)[: len(_MINUTE)] for turn in reading.walked_turns(query)}),
    )
    times = _Times([], [])
    for minute in found:
        moment = parse_date(f"{minute}Z")
        if moment is None or not iso(moment).startswith(minute):
            times.unreadable.append(minute)
        else:
            times.moments.append(moment)
    return times


def _edges(found: Sequence[Period], unreadable: Iterable[str]) -> dict[str, int]:
    """The texts of time at which a window begins, in order, and which: BEFORE_ALL where it is none of `found`."""
    begins = {iso(period.end): BEFORE_ALL for period in found}
    begins |= {iso(period.start): at for at, period in enumerate(found)}
    edges = sorted(begins)
    for minute in unreadable:
        at = bisect_right(edges, minute) - 1
        if at >= 0 and begins[edges[at]] != BEFORE_ALL:
            # Of a text too short for a minute, longer ones may be times; between a whole one and the next all are none.
            after = minute + (_LAST_CHARACTER if len(minute) == len(_MINUTE) else " ")
            begins |= {minute: BEFORE_ALL, after: begins[edges[at]]}
    return dict(sorted(begins.items()))


def _shares(
    reading: Reading, query: LedgerQuery, found: Sequence[Period], unreadable: Iterable[str]
) -> dict[int, list[ModelShare]]:
    """What each model had of each window, the dearest first; BEFORE_ALL holds the turns of none."""
    begins = _edges(found, unreadable)
    # The last place is that of BEFORE_ALL, which is -1.
    edges, places = list(begins), [*begins.values(), BEFORE_ALL]
    semantics, table = reading.semantics, reading.prices()

    def archived() -> tuple[list[WindowGroup], list[SearchGroup]]:
        steps_of = partial(price_steps, table=table, semantics=semantics)
        groups = spending_in_windows(reading.home, query, edges, steps_of, semantics=semantics)
        return groups, searches_in_windows(reading.home, query, edges, semantics=semantics)

    def walked() -> tuple[list[WindowGroup], list[SearchGroup]]:
        turns = reading.walked_turns(query)
        return [_group_of(turn, edges) for turn in turns], [_searches_of(turn, edges) for turn in turns]

    groups, searches = reading.from_archive(archived, walked)
    windows: dict[int, dict[str, Spending]] = {}
    for group in groups:
        _add(_spending(windows, places[group.window], group.model), group, table, semantics)
    for made in searches:
        spent = _spending(windows, places[made.window], made.model)
        spent.web_searches += made.searches
        spent.fees += web_search_fee(made.model, made.searches) or 0
    return {
        at: sorted(
            (ModelShare(model=model, spent=spent) for model, spent in windows[at].items()),
            key=lambda row: (-row.spent.cost, row.model),
        )
        for at in sorted(windows)
    }


def _spending(windows: dict[int, dict[str, Spending]], at: int, model: str) -> Spending:
    return windows.setdefault(at, {}).setdefault(model, Spending(usage=Usage()))


def _add(spent: Spending, group: WindowGroup, table: PriceTable, semantics: Semantics) -> None:
    rate = rate_of_group(group, table, semantics)
    spent.turns += group.turns
    spent.usage = _sum(spent.usage, group.usage)
    spent.total_tokens += _all_tokens(group.usage)
    spent.cost += cost_of_group(group, rate) or 0
    if rate is None and semantics.report_unpriced:
        spent.unpriced_turns += group.turns


def _group_of(turn: TurnRecord, edges: Sequence[str]) -> WindowGroup:
    usage = plain_usage(turn.usage)
    at = _window(turn, edges)
    return WindowGroup(id_text(turn.model), turn.source, id_text(turn.ts), context_tokens(usage), 1, usage, at)


def _searches_of(turn: TurnRecord, edges: Sequence[str]) -> SearchGroup:
    made = turn.web_searches
    return SearchGroup(_window(turn, edges), id_text(turn.model), 0 if made is UNSET else made)


def _window(turn: TurnRecord, edges: Sequence[str]) -> int:
    return bisect_right(edges, id_text(turn.ts)) - 1


def _added(rows: Iterable[ModelShare]) -> Spending:
    total = Spending(usage=Usage())
    for row in rows:
        total.turns += row.spent.turns
        total.usage = _sum(total.usage, row.spent.usage)
        total.total_tokens += row.spent.total_tokens
        total.cost += row.spent.cost
        total.unpriced_turns += row.spent.unpriced_turns
        total.web_searches += row.spent.web_searches
        total.fees += row.spent.fees
    return total


def _sum(one: Usage, other: Usage) -> Usage:
    return Usage(**{name: getattr(one, name) + getattr(other, name) for name in Usage.__struct_fields__})


def _all_tokens(usage: Usage) -> float:
    return sum(getattr(usage, name) for name in Usage.__struct_fields__)


def _with_rate(block: BlockSpending, first: float, end: float, now: float) -> BlockSpending:
    """`block` as the one that is open at `now`."""
    elapsed = max(now - first, _MS_PER_MINUTE)
    factor = (end - first) / elapsed
    block.is_active = True
    block.minutes_left = (end - now) / _MS_PER_MINUTE
    block.usd_per_hour = block.spent.cost / (elapsed / _MS_PER_HOUR)
    block.tokens_per_minute = block.spent.total_tokens / (elapsed / _MS_PER_MINUTE)
    block.projected_cost = block.spent.cost * factor
    block.projected_tokens = block.spent.total_tokens * factor
    return block
