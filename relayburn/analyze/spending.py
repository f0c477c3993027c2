"""What was spent under each label: by model, provider, tag, or whatever a caller names its turns.

In: turns, each with its label, and the price table. Out: one row a label, dearest first: turns, tokens, US dollars, and how
many turns reported each count (cli.md 7.1, provider.md 4). Turns without a price count, but cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from relayburn.jsjson import truthy
from relayburn.pricing.cost import CostBreakdown, cost_for_turn
from relayburn.pricing.numbers import plus
from relayburn.pricing.table import PriceTable
from relayburn.records import UNSET, Record, TurnRecord, Usage
from relayburn.semantics import Semantics

AGGREGATE = "aggregate"


class Known(Record, kw_only=True):
    """Turns whose source reports a count, and turns whose source does not."""

    known: int = 0
    missing: int = 0


class UsageCoverage(Record, kw_only=True):
    """How many turns report each kind of tokens."""

    input: Known
    output: Known
    reasoning: Known
    cache_read: Known
    cache_create: Known

    @classmethod
    def empty(cls) -> UsageCoverage:
        """The coverage of no turns."""
        return cls(**{field: Known() for field in cls.__struct_fields__})


class CostSums(Record, kw_only=True):
    """US dollars by token class, added up over turns; `model` is the label of the sum."""

    model: str
    total: float = 0
    input: float = 0
    output: float = 0
    reasoning: float = 0
    cache_read: float = 0
    cache_create: float = 0

    def add(self, cost: CostBreakdown | CostSums) -> None:
        """Add up, class by class."""
        for field in _COST_FIELDS:
            setattr(self, field, getattr(self, field) + getattr(cost, field))


_COST_FIELDS = ("total", "input", "output", "reasoning", "cache_read", "cache_create")


class Portion(Struct, frozen=True):
    """Turns that are counted together: their label, their tokens in all, what their source told, and their cost.

    The cost is None where no price is known. All of the `turns` have the one fidelity.
    """

    label: str
    usage: Usage
    fidelity: Any
    cost: CostBreakdown | None
    turns: int = 1


class SpendingRow(Record, kw_only=True):
    """Everything under one label."""

    label: str
    turns: int = 0
    usage: Usage
    cost: CostSums
    coverage: UsageCoverage


def spending(
    labelled: Iterable[tuple[str, TurnRecord]], table: PriceTable, *, semantics: Semantics
) -> list[SpendingRow]:
    """One row for each label of `labelled` turns, dearest first; rows of equal cost in order of first sight."""
    return spending_of_portions(
        Portion(label, turn.usage, turn.fidelity, cost_for_turn(turn, table, semantics=semantics))
        for label, turn in labelled
    )


def spending_of_portions(portions: Iterable[Portion]) -> list[SpendingRow]:
    """`spending` of turns that are priced already, one by one or many at once."""
    rows: dict[str, SpendingRow] = {}
    for portion in portions:
        row = rows.get(portion.label)
        if row is None:
            row = rows[portion.label] = _empty_row(portion.label)
        row.turns += portion.turns
        _add_usage(row.usage, portion.usage)
        _note_coverage(row.coverage, portion.fidelity, portion.turns)
        if portion.cost is not None:
            row.cost.add(portion.cost)
    return sorted(rows.values(), key=lambda row: -row.cost.total)


def total_cost(rows: Iterable[SpendingRow]) -> CostSums:
    """The cost of all rows, added up in their order, under the label `aggregate`."""
    total = CostSums(model=AGGREGATE)
    for row in rows:
        total.add(row.cost)
    return total


def _empty_row(label: str) -> SpendingRow:
    return SpendingRow(label=label, usage=Usage(), cost=CostSums(model=label), coverage=UsageCoverage.empty())


def _add_usage(total: Usage, usage: Usage) -> None:
    for field in Usage.__struct_fields__:
        before, more = getattr(total, field), getattr(usage, field)
        try:
            setattr(total, field, before + more)
        except TypeError:
            setattr(total, field, plus(before, more))


def _note_coverage(coverage: UsageCoverage, fidelity: Any, turns: int) -> None:
    reported = getattr(fidelity, "coverage", UNSET)
    everything = reported is UNSET or reported is None
    for field in UsageCoverage.__struct_fields__:
        known: Known = getattr(coverage, field)
        if everything or truthy(getattr(reported, f"has_{field}_tokens", UNSET)):
            known.known += turns
        else:
            known.missing += turns
