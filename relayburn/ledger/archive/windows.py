"""Turns of the archive, added up by when they were and what their price depends on.

In: a home whose archive is up to date, a query, and the edges of windows of time. Out: the minutes in which there were
turns; groups of turns of one model in one window that pay the same prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from relayburn.ledger.archive.filters import condition
from relayburn.ledger.archive.groups import SUMS, PricedGroup, StepsOf, priced, usage_of
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.ledger.tables import TURNS
from relayburn.semantics import CURRENT, Semantics

BEFORE_ALL = -1
"""The window of turns before the first edge, among them those without a time."""


# Texts are compared byte by byte, as everywhere in the ledger; the empty text comes before every edge.
_WINDOWS = "SELECT unnest(?::VARCHAR[]) AS edge, unnest(range(-1, ?)) AS window_index"


class WindowGroup(PricedGroup, frozen=True):
    """Those in one window; `window` is the index of the last edge that they are not before."""

    window: int


class SearchGroup(Struct, frozen=True):
    """The web searches that turns of one model made in one window."""

    window: int
    model: str
    searches: int


def turn_minutes(home: Home, query: LedgerQuery, *, semantics: Semantics = CURRENT) -> list[str]:
    """The minutes (`YYYY-MM-DDTHH:MM`, as logged) in which there were turns, in order. Raises `ArchiveUnusable`."""
    where, values = condition(query)

    def question(snapshot: Snapshot) -> list[str]:
        rows = snapshot.newest_rows(TURNS)
        found = snapshot.rows(
            f"SELECT DISTINCT left(ts, 16) AS minute FROM {rows} WHERE {where} AND ts IS NOT NULL ORDER BY minute",
            values,
        )
        return [minute for (minute,) in found]

    return ask(home, question, semantics=semantics)


def searches_in_windows(
    home: Home, query: LedgerQuery, edges: Sequence[str], *, semantics: Semantics = CURRENT
) -> list[SearchGroup]:
    """The web searches of the turns that `query` asks for, by window and model. Raises `ArchiveUnusable`."""
    where, values = condition(query)

    def question(snapshot: Snapshot) -> list[SearchGroup]:
        turns = f"SELECT ts, model, web_searches FROM {snapshot.newest_rows(TURNS)} WHERE {where} AND web_searches > 0"
        found = snapshot.rows(
            f"SELECT window_index, coalesce(model, ''), sum(web_searches)::BIGINT FROM ({turns}) AS turn "
            f"ASOF JOIN ({_WINDOWS}) AS windows ON coalesce(turn.ts, '') >= windows.edge GROUP BY ALL ORDER BY ALL",
            [*values, ["", *edges], len(edges)],
        )
        return [SearchGroup(*row) for row in found]

    return ask(home, question, semantics=semantics)


def spending_in_windows(
    home: Home, query: LedgerQuery, edges: Sequence[str], steps_of: StepsOf, *, semantics: Semantics = CURRENT
) -> list[WindowGroup]:
    """The turns that `query` asks for, grouped by window and model, in this order. Raises `ArchiveUnusable`.

    `edges` are times as ISO texts, in order; a window begins at each and ends before the next.
    """

    def question(snapshot: Snapshot) -> list[WindowGroup]:
        turns = priced(snapshot, query, steps_of, semantics)
        found = snapshot.rows(
            f"SELECT window_index, model, source, {SUMS} FROM ({turns.sql}) AS turn ASOF JOIN ({_WINDOWS}) AS windows "
            "ON turn.ts >= windows.edge GROUP BY window_index, model, source, period, tier ORDER BY window_index, model, source, min(ts)",
            [*turns.values, ["", *edges], len(edges)],
        )
        return [_window_group(row) for row in found]

    return ask(home, question, semantics=semantics)


def _window_group(row: tuple[Any, ...]) -> WindowGroup:
    at, model, source, ts, context, turns, *tokens = row
    return WindowGroup(model, source, ts, context, turns, usage_of(tokens), at)
