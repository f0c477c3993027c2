"""Tokens of a message, and what its source told of them.

In: the unchecked `tokens` of a message and of its steps. Out: `Usage`, its share for one of several tool results, and
`Fidelity` (reader-opencode.md 7 and 8.3). A value is copied as it stands; a flag says that a key is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from msgspec.structs import replace

from relayburn.jsnum import MAX_SAFE_INTEGER, is_number, normalize
from relayburn.reader.fidelity import make_fidelity
from relayburn.reader.opencode.coercion import js_number
from relayburn.records import Coverage, Fidelity, Usage


def usage_of(tokens: Any) -> Usage:
    """The usage in a message's `tokens`: any JSON value, `UNSET` when missing. What is missing or null is 0."""
    counts = tokens if type(tokens) is dict else _NOTHING
    cached = _cache_of(counts)
    return Usage(
        input=_count(counts.get("input")),
        output=_count(counts.get("output")),
        reasoning=_count(counts.get("reasoning")),
        cache_read=_count(cached.get("read")),
        cache_create_5m=_count(cached.get("write")),
    )


_NOTHING: dict[str, Any] = {}


def _cache_of(tokens: dict[str, Any]) -> dict[str, Any]:
    cached = tokens.get("cache")
    return cached if type(cached) is dict else _NOTHING


def _count(value: Any) -> Any:
    if type(value) is int and 0 <= value <= MAX_SAFE_INTEGER:
        return value
    if value is None:
        return 0
    return normalize(value) if is_number(value) else value


def share_of(usage: Usage, results: int) -> Usage:
    """The part of `usage` that falls to one of `results` tool results: all of it, unchecked, for a single one.

    Otherwise each value is read as a number and divided evenly; what is no number becomes NaN, which JSON writes as null.
    """
    if results == 1:
        return replace(usage)
    return Usage(
        input=_share(usage.input, results),
        output=_share(usage.output, results),
        reasoning=_share(usage.reasoning, results),
        cache_read=_share(usage.cache_read, results),
        cache_create_5m=_share(usage.cache_create_5m, results),
    )


def _share(value: Any, results: int) -> Any:
    return normalize(js_number(value) / results)


def fidelity_of(tokens: Any, step_tokens: Iterable[Any]) -> Fidelity:
    """How much a message and its steps told: a kind of token is covered when one of them has its key."""
    has_input = has_output = has_reasoning = has_read = has_write = False
    for told in (tokens, *step_tokens):
        if type(told) is not dict:
            continue
        cached = _cache_of(told)
        has_input |= "input" in told
        has_output |= "output" in told
        has_reasoning |= "reasoning" in told
        has_read |= "read" in cached
        has_write |= "write" in cached
    return _fidelity(has_input, has_output, has_reasoning, has_read, has_write)


@cache
def _fidelity(
    has_input: bool, has_output: bool, has_reasoning: bool, has_cache_read: bool, has_cache_create: bool
) -> Fidelity:
    coverage = Coverage(
        has_input_tokens=has_input,
        has_output_tokens=has_output,
        has_reasoning_tokens=has_reasoning,
        has_cache_read_tokens=has_cache_read,
        has_cache_create_tokens=has_cache_create,
        has_tool_calls=True,
        has_tool_result_events=True,
        has_session_relationships=True,
        has_raw_content=True,
    )
    return make_fidelity("per-turn", coverage)
