"""Turns of the archive, added up by what their price depends on.

In: a home whose archive is up to date, a query, and where prices change. Out: groups of turns that pay the same prices,
with their tokens, by model and tools, or by activity, so that a caller prices groups instead of turns (compare.md 2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import Struct

from relayburn.jsnum import normalize
from relayburn.ledger.archive.database import literal
from relayburn.ledger.archive.filters import condition, is_enriched
from relayburn.ledger.archive.reading import TURN_ORDER, folding_of
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.ledger.tables import TURNS
from relayburn.pricing.rate import PriceSteps
from relayburn.records import Usage
from relayburn.semantics import CURRENT, Semantics

StepsOf = Callable[[str], PriceSteps]
"""Where the prices of a model change, by its id."""

UNKNOWN_MODEL = "unknown"
UNCLASSIFIED = "unclassified"

_TOKENS = (
    *("input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens"),
    *("cache_create_5m_tokens", "cache_create_1h_tokens"),
)
_CONTEXT = ("input_tokens", "cache_read_tokens", "cache_create_5m_tokens", "cache_create_1h_tokens")


class PricedGroup(Struct, frozen=True):
    """Turns of one model that pay the same prices.

    `usage` is the sum of their tokens; `ts` and `context` are the time and the tokens of context of one of them, which
    decide the prices of all.
    """

    model: str
    source: str
    ts: str
    context: float
    turns: int
    usage: Usage


class UsageGroup(PricedGroup, frozen=True):
    """Those that called the same tools in the same order."""

    tools: list[str]


class ActivityGroup(PricedGroup, frozen=True):
    """Those at one activity; `retries` are those of turns that edited."""

    activity: str
    retries: list[float]


def spending(home: Home, query: LedgerQuery, steps_of: StepsOf, *, semantics: Semantics = CURRENT) -> list[UsageGroup]:
    """The turns that `query` asks for, grouped by model and tools, as they first appear. Raises `ArchiveUnusable`."""

    def question(snapshot: Snapshot) -> list[UsageGroup]:
        turns = priced(snapshot, query, steps_of, semantics)
        tools = "list_transform(tool_calls, lambda c: coalesce(c.tool_name, ''))"
        found = snapshot.rows(
            f"SELECT model, source, tools, {SUMS} FROM (SELECT *, {tools} AS tools FROM ({turns.sql})) "
            f"GROUP BY model, source, tools, period, tier ORDER BY min(({TURN_ORDER}))",
            turns.values,
        )
        return [_usage_group(row) for row in found]

    return ask(home, question, semantics=semantics)


def activities(
    home: Home, query: LedgerQuery, steps_of: StepsOf, *, semantics: Semantics = CURRENT
) -> list[ActivityGroup]:
    """The turns that `query` asks for, grouped by model, activity and source, in this order. Raises `ArchiveUnusable`.

    A missing model is `unknown`, a missing activity `unclassified`.
    """
    named = (
        f"SELECT * REPLACE (coalesce(nullif(model, ''), {literal(UNKNOWN_MODEL)}) AS model, "
        f"coalesce(activity, {literal(UNCLASSIFIED)}) AS activity)"
    )
    key = "model, activity, source, period, tier"

    def question(snapshot: Snapshot) -> list[ActivityGroup]:
        turns = priced(snapshot, query, steps_of, semantics, absent="")
        retries = "list(coalesce(retries, 0)) FILTER (has_edits)"
        found = snapshot.rows(
            f"SELECT model, activity, source, {SUMS}, {retries} FROM ({named} FROM ({turns.sql})) "
            f"GROUP BY {key} ORDER BY {key}",
            turns.values,
        )
        return [_activity_group(row) for row in found]

    return ask(home, question, semantics=semantics)


class Selection(NamedTuple):
    """A query for turns, and the values of its parameters."""

    sql: str
    values: list[Any]


SUMS = f"min(ts), min(context), count(*), {', '.join(f'sum({name})' for name in _TOKENS)}"
"""Of a group of turns: a time, tokens of context, how many, and their tokens by class, as `usage_of` takes them."""


def _usage_group(row: tuple[Any, ...]) -> UsageGroup:
    model, source, tools, ts, context, turns, *tokens = row
    return UsageGroup(model, source, ts, context, turns, usage_of(tokens), tools or [])


def _activity_group(row: tuple[Any, ...]) -> ActivityGroup:
    model, activity, source, ts, context, count, *tokens, retries = row
    return ActivityGroup(model, source, ts, context, count, usage_of(tokens), activity, retries or [])


def usage_of(tokens: list[float]) -> Usage:
    """A usage of sums."""
    counts: dict[str, Any] = {
        name: normalize(count) for name, count in zip(Usage.__struct_fields__, tokens, strict=True)
    }
    return Usage(**counts)


def priced(
    snapshot: Snapshot, query: LedgerQuery, steps_of: StepsOf, semantics: Semantics, absent: str | None = None
) -> Selection:
    """The turns asked for, with what decides their prices beside the model: `period` and `tier`."""
    where, values = condition(query)
    if query.enrichment:
        values = [*values, _enriched_turns(snapshot, query, semantics, absent)]
        where = f"{where} AND first IN (SELECT unnest(?::BIGINT[]))"
    rows = snapshot.newest_rows(TURNS)
    found = snapshot.rows(f"SELECT DISTINCT coalesce(model, '') FROM {rows} WHERE {where}", values)
    steps = {model: steps_of(model) for (model,) in found}
    tokens = ", ".join(f"coalesce({name}, 0) AS {name}" for name in _TOKENS)
    given = (
        "coalesce(model, '') AS model, coalesce(source, '') AS source, coalesce(ts, '') AS ts, turn_index, first, "
        f"activity, has_edits, retries, stop_reason, fidelity, web_searches, tool_calls, has_replacements, line, odd, {tokens}"
    )
    turns = f"SELECT *, {' + '.join(_CONTEXT)} AS context, left(ts, 10) AS day FROM (SELECT {given} FROM {rows} WHERE {where})"
    return Selection(f"SELECT *, {_period(steps)} AS period, {_tier(steps)} AS tier FROM ({turns})", values)


def _period(steps: Mapping[str, PriceSteps]) -> str:
    """How many dates at which its model's prices changed a turn is not before; a time of another zone stands for itself."""
    cases = [
        f"WHEN {literal(model)} THEN ({' + '.join(f'(day >= {literal(date)})::INTEGER' for date in step.since)})::VARCHAR"
        for model, step in steps.items()
        if step.since
    ]
    return f"CASE WHEN ts NOT LIKE '%Z' THEN ts ELSE CASE model {' '.join(cases)} END END" if cases else "''"


def _tier(steps: Mapping[str, PriceSteps]) -> str:
    """How many of its model's thresholds of context a turn exceeds."""
    cases = [
        f"WHEN {literal(model)} THEN {' + '.join(f'(context > {tokens!r})::INTEGER' for tokens in step.context_tokens)}"
        for model, step in steps.items()
        if step.context_tokens
    ]
    return f"CASE model {' '.join(cases)} ELSE 0 END" if cases else "0"


def _enriched_turns(snapshot: Snapshot, query: LedgerQuery, semantics: Semantics, absent: str | None) -> list[int]:
    """Which turns, by their first position, have the enrichment that is asked for."""
    where, values = condition(query)
    folding = folding_of(snapshot)
    rows = snapshot.newest_rows(TURNS)
    found = snapshot.rows(f"SELECT first, session_id, message_id, ts FROM {rows} WHERE {where}", values)
    return [
        first
        for first, session, message, ts in found
        if is_enriched(
            query.enrichment,
            folding.of({"sessionId": session, "messageId": message, "ts": ts}),
            semantics=semantics,
            absent=absent,
        )
    ]
