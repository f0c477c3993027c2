"""How much the sources of many turns told, and whether it is enough.

In: turns, or one stored fidelity. Out: counts by class, granularity and missing flag (fidelity.md 4), and whether a
record reaches a minimum class (fidelity.md 5). A stored class is trusted, even where its coverage says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relayburn.errors import InvalidInput
from relayburn.jsjson import compact, truthy
from relayburn.reader.fidelity import classify_fidelity
from relayburn.records import UNSET, Coverage, Fidelity, Record, TurnRecord, UnsetType

CLASSES = ("full", "usage-only", "aggregate-only", "cost-only", "partial")
GRANULARITIES = ("per-turn", "per-message", "per-session-aggregate", "cost-only")
WORST_TO_BEST = ("cost-only", "aggregate-only", "partial", "usage-only", "full")
"""The ladder of `has_minimum_fidelity`; summaries list the classes in another order."""

_FLAGS = tuple(zip(Coverage.__struct_fields__, Coverage.__struct_encode_fields__, strict=True))


class FidelitySummary(Record, kw_only=True):
    """Turns by fidelity. Keys come in the order given here; `unknown` turns are in `total` and nowhere else.

    A class or granularity that does not exist is counted under its name as None: the reference's NaN.
    """

    total: int
    by_class: dict[str, int | None]
    by_granularity: dict[str, int | None]
    missing_coverage: dict[str, int]
    unknown: int


def empty_fidelity_summary() -> FidelitySummary:
    """The summary of no turns."""
    return FidelitySummary(
        total=0,
        by_class=dict.fromkeys(CLASSES, 0),
        by_granularity=dict.fromkeys(GRANULARITIES, 0),
        missing_coverage=dict.fromkeys(Coverage.__struct_encode_fields__, 0),
        unknown=0,
    )


def summarize_fidelity(turns: Iterable[TurnRecord]) -> FidelitySummary:
    """Count `turns` by what their sources told. Raises `InvalidInput` for a fidelity without coverage."""
    # Turns that were read together share what their source told of them; it is kept, so that no other gets its id.
    told: dict[int, Any] = {}
    counts: dict[int, int] = {}
    for turn in turns:
        fidelity = turn.fidelity
        place = id(fidelity)
        told[place] = fidelity
        counts[place] = counts.get(place, 0) + 1
    return add_up_fidelity((told[place], count) for place, count in counts.items())


def add_up_fidelity(told: Iterable[tuple[Any, int]]) -> FidelitySummary:
    """`summarize_fidelity` of fidelities, each with how many turns have it."""
    summary = empty_fidelity_summary()
    for given, turns in told:
        summary.total += turns
        if not truthy(given):
            summary.unknown += turns
            continue
        fidelity = _checked(given)
        coverage = _flags(fidelity.coverage)
        stored = fidelity.fidelity_class
        known = stored is not UNSET and stored is not None
        _count(summary.by_class, stored if known else classify_fidelity(fidelity.granularity, coverage), turns)
        _count(summary.by_granularity, fidelity.granularity, turns)
        for name, key in _FLAGS:
            if not getattr(coverage, name):
                summary.missing_coverage[key] += turns
    return summary


def _checked(fidelity: Any) -> Fidelity:
    if isinstance(fidelity, Fidelity) and fidelity.coverage is not None and fidelity.coverage is not UNSET:
        return fidelity
    raise InvalidInput("a turn's fidelity has no coverage")


def _flags(coverage: Any) -> Coverage:
    """The flags as booleans: a stored one may be anything, and counts when JavaScript finds it true."""
    return Coverage(**{name: truthy(getattr(coverage, name, UNSET)) for name, _ in _FLAGS})


def _count(counts: dict[str, int | None], name: Any, turns: int) -> None:
    key = name if isinstance(name, str) else "undefined" if name is UNSET else compact(name)
    count = counts.get(key)
    counts[key] = None if count is None else count + turns


def has_minimum_fidelity(fidelity: Fidelity | UnsetType | None, minimum: str) -> bool:
    """True when the stored class reaches `minimum`; a record without fidelity always passes."""
    if fidelity is None or fidelity is UNSET:
        return True
    return _position(fidelity.fidelity_class) >= _position(minimum)


def _position(fidelity_class: Any) -> int:
    return WORST_TO_BEST.index(fidelity_class) if fidelity_class in WORST_TO_BEST else -1
