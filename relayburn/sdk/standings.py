"""Where spending stands right now: a session's, today's, and that of the open five-hour window.

In: a home and a session. Out: US dollars at list price.
"""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from relayburn.jsdate import iso
from relayburn.ledger.query import LedgerQuery
from relayburn.records import Record
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.reading import OnLog, Reading, each_once, unheard
from relayburn.sdk.session_costs import session_cost
from relayburn.sdk.spending_over_time import block_spending, day_spending, time_zone
from relayburn.semantics import CURRENT, Semantics

_BLOCKS_SINCE_MS = 48 * 3_600_000
"""How far back windows are looked at to know where the open one began: whoever never paused for two days starts there."""


class OpenBlock(Record, kw_only=True):
    """The open window of five hours: its cost, when it ends, and its rate."""

    cost: float
    end: str
    usd_per_hour: float


class Standing(Record, kw_only=True):
    """US dollars of `session` (where one is asked for) and of today, fees included; `block` where a window is open."""

    session: float | UnsetType = UNSET
    today: float = 0
    block: OpenBlock | UnsetType = UNSET


def standing(
    home: HomeLike = None,
    *,
    session: str | None = None,
    tz: str | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> Standing:
    """Where spending stands by the clock of `home`; days are those of the zone `tz`. Raises as `spending_by_period`."""
    reading = Reading(home_of(home), semantics, each_once(on_log))
    now = reading.home.clock()
    today = day_spending(reading, time_zone(tz), now)
    result = Standing(today=today.cost + today.fees)
    recent = block_spending(reading, LedgerQuery(since=iso(now - _BLOCKS_SINCE_MS)))
    if recent and recent[-1].is_active and recent[-1].usd_per_hour is not UNSET:
        block = recent[-1]
        result.block = OpenBlock(cost=block.spent.cost, end=block.end, usd_per_hour=recent[-1].usd_per_hour)
    if session:
        result.session = session_cost(
            reading.home, session=session, on_log=reading.on_log, semantics=semantics
        ).total_usd
    return result
