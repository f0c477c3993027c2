"""How much of a turn its source told.

In: the granularity of a source and its nine coverage flags. Out: the fidelity class and the `Fidelity` record
(fidelity.md 1 and 2). A flag says whether the source reports a field, never whether the number is non-zero.
"""

from __future__ import annotations

from relayburn.records import Coverage, Fidelity

EMPTY_COVERAGE = Coverage()
"""A source that reports nothing."""

_CLASS_OF_GRANULARITY = {"cost-only": "cost-only", "per-session-aggregate": "aggregate-only"}


def classify_fidelity(granularity: str, coverage: Coverage) -> str:
    """The fidelity class: `full`, `usage-only`, `aggregate-only`, `cost-only` or `partial`.

    Reasoning, cache creation and raw content never matter; an unknown granularity is judged by coverage alone.
    """
    # A ledger that somebody edited may hold anything here, a list too.
    if isinstance(granularity, str) and (fixed := _CLASS_OF_GRANULARITY.get(granularity)):
        return fixed
    if not (coverage.has_input_tokens and coverage.has_output_tokens):
        return "partial"
    if (
        coverage.has_cache_read_tokens
        and coverage.has_tool_calls
        and coverage.has_tool_result_events
        and coverage.has_session_relationships
    ):
        return "full"
    return "usage-only"


def make_fidelity(granularity: str, coverage: Coverage) -> Fidelity:
    """The record of a source's `granularity` and `coverage`, with the class that follows from them."""
    return Fidelity(
        granularity=granularity,
        coverage=coverage,
        fidelity_class=classify_fidelity(granularity, coverage),
    )
