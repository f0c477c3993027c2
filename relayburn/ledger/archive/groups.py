"""Turns of the archive, added up by what their price depends on.

In: a home whose archive is up to date, a query, and where prices change. Out: groups of turns that pay the same prices,
with their tokens, by model, by tool or by activity, so that a caller prices groups instead of turns (compare.md 2).
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
from relayburn.ledger.archive.tables import TURNS
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
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
_CALLS_OF_A_TURN = 1 << 20


class UsageGroup(Struct, frozen=True):
    """Turns, or calls of one tool, that pay the same prices.

    `name` is what they are grouped by; `usage` the sum of their turns' tokens; `ts` and `context` are the time and the
    tokens of context of one of them, which decide the prices of all.
    """

    name: str
    model: str
    source: str
    ts: str
    context: float
    count: int
    usage: Usage


class ActivityGroup(Struct, frozen=True):
    """Turns of one model at one activity that pay the same prices; `retries` are those of turns that edited."""

    model: str
    activity: str
    source: str
    ts: str
    context: float
    turns: int
    usage: Usage
    retries: list[float]


class Spending(NamedTuple):
    """Groups by model, and by tool, each name where it first appeared; the calls of a turn all count its whole usage."""

    models: list[UsageGroup]
    tools: list[UsageGroup]


def spending(home: Home, query: LedgerQuery, steps_of: StepsOf, *, semantics: Semantics = CURRENT) -> Spending:
    """The turns that `query` asks for, grouped by model and by tool. Raises `ArchiveUnusable`."""

    def question(snapshot: Snapshot) -> Spending:
        turns = _numbered(snapshot, query, steps_of, semantics)
        call = f"unnest(tool_calls) AS call, generate_subscripts(tool_calls, 1) AS nth FROM ({turns.sql})"
        calls = f"SELECT * REPLACE (n * {_CALLS_OF_A_TURN} + nth AS n), coalesce(call.tool_name, '') AS tool FROM (SELECT *, {call})"
        return Spending(
            [_usage_group(row) for row in snapshot.rows(_grouped("model", turns.sql), turns.values)],
            [_usage_group(row) for row in snapshot.rows(_grouped("tool", calls), turns.values)],
        )

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
    key = "model, activity, source, day, tier"

    def question(snapshot: Snapshot) -> list[ActivityGroup]:
        turns = _numbered(snapshot, query, steps_of, semantics, absent="")
        retries = "list(coalesce(retries, 0) ORDER BY n) FILTER (has_edits)"
        found = snapshot.rows(
            f"SELECT model, activity, source, {_SUMS}, {retries} FROM ({named} FROM ({turns.sql})) "
            f"GROUP BY {key} ORDER BY {key}",
            turns.values,
        )
        return [_activity_group(row) for row in found]

    return ask(home, question, semantics=semantics)


class _Selection(NamedTuple):
    sql: str
    values: list[Any]


_SUMS = f"min(ts), min(context), count(*), {', '.join(f'sum({name})' for name in _TOKENS)}"


def _grouped(name: str, rows: str) -> str:
    """Groups by `name`, those of one name together, in the order in which the names first appear."""
    groups = (
        f"SELECT any_value({name}) AS name, model, source, {_SUMS}, min(n) AS n FROM ({rows}) "
        f"GROUP BY {name}, model, source, day, tier"
    )
    return f"SELECT * EXCLUDE (n) FROM ({groups}) ORDER BY min(n) OVER (PARTITION BY name), n"


def _usage_group(row: tuple[Any, ...]) -> UsageGroup:
    name, model, source, ts, context, count, *tokens = row
    return UsageGroup(name, model, source, ts, context, count, _usage(tokens))


def _activity_group(row: tuple[Any, ...]) -> ActivityGroup:
    model, activity, source, ts, context, count, *tokens, retries = row
    return ActivityGroup(model, activity, source, ts, context, count, _usage(tokens), retries or [])


def _usage(tokens: list[float]) -> Usage:
    counts: dict[str, Any] = {
        name: normalize(count) for name, count in zip(Usage.__struct_fields__, tokens, strict=True)
    }
    return Usage(**counts)


def _numbered(
    snapshot: Snapshot, query: LedgerQuery, steps_of: StepsOf, semantics: Semantics, absent: str | None = None
) -> _Selection:
    """The turns asked for, numbered in their order, with what decides the prices beside the model: `day` and `tier`."""
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
        f"activity, has_edits, retries, tool_calls, {tokens}"
    )
    priced = f"SELECT *, {' + '.join(_CONTEXT)} AS context FROM (SELECT {given} FROM {rows} WHERE {where})"
    numbered = (
        f"SELECT *, row_number() OVER (ORDER BY {TURN_ORDER}) AS n, {_day(steps)} AS day, {_tier(steps)} AS tier "
        f"FROM ({priced})"
    )
    return _Selection(numbered, values)


def _day(steps: Mapping[str, PriceSteps]) -> str:
    """The day, for models whose prices change with it; a time of another zone stands for itself."""
    dated = [literal(model) for model, step in steps.items() if step.dated]
    if not dated:
        return "''"
    return f"CASE WHEN model NOT IN ({', '.join(dated)}) THEN '' WHEN ts LIKE '%Z' THEN left(ts, 10) ELSE ts END"


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
