"""The running totals of a rollout and what a turn adds to them.

In: `total_token_usage` objects of `token_count` events. Out: `Totals`, and the growth between two of them, with odd
values read as JavaScript's arithmetic does (reader-codex.md 5.4, 5.7 and 9.4). Output already includes reasoning.
"""

from __future__ import annotations

import math
from typing import Any

from msgspec import UNSET, Struct

from relayburn.jsjson import as_doubles
from relayburn.jsnum import normalize, to_number
from relayburn.reader.codex.entries import TokenUsage


class Totals(Struct, rename="camel", kw_only=True, frozen=True):
    """Tokens since the session began. Any field but `input` may hold whatever JSON value the log has."""

    input: Any = UNSET
    output: Any = UNSET
    cache_read: Any = UNSET
    reasoning: Any = UNSET


NOTHING_USED = Totals(input=0, output=0, cache_read=0, reasoning=0)


def running_totals(usage: TokenUsage) -> Totals:
    """The totals of a `token_count`; `input` is what was not read from the cache, and may be negative."""
    cached = _or_zero(usage.cached_input_tokens)
    return Totals(
        input=_difference(_or_zero(usage.input_tokens), cached),
        output=_or_zero(usage.output_tokens),
        cache_read=cached,
        reasoning=_or_zero(usage.reasoning_output_tokens),
    )


def growth(start: Totals, end: Totals) -> Totals:
    """What was used between two totals, never less than 0; NaN where one of them is no number."""
    return Totals(
        input=_growth(start.input, end.input),
        output=_growth(start.output, end.output),
        cache_read=_growth(start.cache_read, end.cache_read),
        reasoning=_growth(start.reasoning, end.reasoning),
    )


def with_zeros(totals: Totals) -> Totals:
    """`totals` with 0 for what is missing or null."""
    return Totals(
        input=_or_zero(totals.input),
        output=_or_zero(totals.output),
        cache_read=_or_zero(totals.cache_read),
        reasoning=_or_zero(totals.reasoning),
    )


def in_json(totals: Totals) -> Totals:
    """`totals` as JSON can hold them: NaN and infinities are null."""
    return Totals(
        input=as_doubles(totals.input),
        output=as_doubles(totals.output),
        cache_read=as_doubles(totals.cache_read),
        reasoning=as_doubles(totals.reasoning),
    )


def _or_zero(value: Any) -> Any:
    return 0 if value is None or value is UNSET else value


def _growth(start: Any, end: Any) -> int | float:
    used = _difference(end, start)
    return used if math.isnan(used) else max(0, used)


def _difference(value: Any, taken_away: Any) -> int | float:
    return normalize(to_number(value) - to_number(taken_away))
