"""How models compare at each kind of work.

In: turns and the price table, or groups of turns already counted. Out: per model and activity the turns, US dollars,
one-shot rate, cache hit rate and retries, dearest model first (compare.md 1). Nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from relayburn.collation import collation_key
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import number, plain_usage
from relayburn.pricing.table import PriceTable
from relayburn.records import UNSET, Record, TurnRecord, UnsetType, Usage
from relayburn.semantics import Semantics

DEFAULT_MIN_SAMPLE = 5
UNKNOWN_MODEL = "unknown"
UNCLASSIFIED = "unclassified"


class CompareCell(Record, kw_only=True):
    """One model at one activity. Costs are US dollars, rates 0 to 1; a rate over nothing is None."""

    turns: int = 0
    edit_turns: int = 0
    one_shot_turns: int = 0
    priced_turns: int = 0
    total_cost: float = 0
    cost_per_turn: float | None = None
    one_shot_rate: float | None = None
    cache_hit_rate: float | None = None
    median_retries: float | None = None
    no_data: bool
    insufficient_sample: bool


class ModelTotals(Record, kw_only=True):
    """One model over all activities."""

    turns: int = 0
    total_cost: float = 0


class CompareTable(Record, kw_only=True):
    """A cell for every pair of `models` and `categories`, each in the order to show."""

    models: list[str]
    categories: list[str]
    cells: dict[str, dict[str, CompareCell]]
    totals: dict[str, ModelTotals]
    min_sample: float


class CellTally(Record, kw_only=True):
    """What one cell adds up while turns are counted; `retries` has one entry an edit turn."""

    turns: int = 0
    one_shot_turns: int = 0
    priced_turns: int = 0
    total_cost: float = 0
    retries: list[float]
    cache_hits: float = 0
    context_tokens: float = 0

    def add_edit(self, retries: float) -> None:
        """Count an edit turn; without retries it was one shot."""
        self.retries.append(retries)
        if retries == 0:
            self.one_shot_turns += 1

    def add_usage(self, usage: Usage) -> None:
        """Count the tokens of one turn, or of several summed."""
        self.cache_hits += usage.cache_read
        self.context_tokens += usage.input + usage.cache_read + usage.cache_create_5m + usage.cache_create_1h


class CompareTally:
    """Counts turns into cells, and makes the table of them. `models`, where given and not empty, are the only ones."""

    def __init__(self, models: Iterable[str] | UnsetType = UNSET) -> None:
        self._listed = dict.fromkeys(() if models is UNSET else models)
        self._totals = {model: ModelTotals() for model in self._listed}
        self._cells: dict[str, dict[str, CellTally]] = {}
        self._category_turns: dict[str, int] = {}

    def cell(self, model: str, category: str) -> CellTally | None:
        """The cell to count into, or None where `model` is not compared."""
        if self._listed and model not in self._listed:
            return None
        return self._cells.setdefault(model, {}).setdefault(category, CellTally(retries=[]))

    def count(self, model: str, category: str, cell: CellTally, turns: int, cost: float | None) -> None:
        """Count `turns` turns into `cell`; `cost` is what they cost together, None where they are unpriced."""
        totals = self._totals.setdefault(model, ModelTotals())
        cell.turns += turns
        totals.turns += turns
        self._category_turns[category] = self._category_turns.get(category, 0) + turns
        if cost is not None:
            cell.priced_turns += turns
            cell.total_cost += cost
            totals.total_cost += cost

    def table(self, min_sample: float = DEFAULT_MIN_SAMPLE) -> CompareTable:
        """The table; a cell of fewer than `min_sample` turns, but some, is marked insufficient."""
        models = sorted(self._totals, key=lambda model: (-self._totals[model].total_cost, collation_key(model)))
        categories = sorted(
            self._category_turns, key=lambda category: (-self._category_turns[category], collation_key(category))
        )
        return CompareTable(
            models=models,
            categories=categories,
            cells={model: self._row(model, categories, min_sample) for model in models},
            totals={model: self._totals[model] for model in models},
            min_sample=min_sample,
        )

    def _row(self, model: str, categories: Sequence[str], min_sample: float) -> dict[str, CompareCell]:
        tallies = self._cells.get(model, {})
        return {category: _finished(tallies.get(category), min_sample) for category in categories}


def _finished(tally: CellTally | None, min_sample: float) -> CompareCell:
    if tally is None:
        return CompareCell(no_data=True, insufficient_sample=False)
    edits = len(tally.retries)
    return CompareCell(
        turns=tally.turns,
        edit_turns=edits,
        one_shot_turns=tally.one_shot_turns,
        priced_turns=tally.priced_turns,
        total_cost=tally.total_cost,
        cost_per_turn=_ratio(tally.total_cost, tally.priced_turns),
        one_shot_rate=_ratio(tally.one_shot_turns, edits),
        cache_hit_rate=_ratio(tally.cache_hits, tally.context_tokens),
        median_retries=_median(tally.retries),
        no_data=False,
        insufficient_sample=tally.turns < min_sample,
    )


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _median(values: Sequence[float]) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def build_compare_table(
    turns: Iterable[TurnRecord],
    table: PriceTable,
    *,
    semantics: Semantics,
    models: Iterable[str] | UnsetType = UNSET,
    min_sample: float = DEFAULT_MIN_SAMPLE,
) -> CompareTable:
    """Compare models over `turns`, all of them or those listed. A listed model is shown even without turns."""
    tally = CompareTally(models)
    for turn in turns:
        model = id_text(turn.model) or UNKNOWN_MODEL
        category = UNCLASSIFIED if turn.activity is UNSET or turn.activity is None else id_text(turn.activity)
        cell = tally.cell(model, category)
        if cell is None:
            continue
        cost = cost_for_turn(turn, table, semantics=semantics)
        tally.count(model, category, cell, 1, None if cost is None else cost.total)
        if turn.has_edits is True:
            cell.add_edit(_retries(turn.retries))
        cell.add_usage(plain_usage(turn.usage))
    return tally.table(min_sample)


def _retries(value: Any) -> float:
    return value if type(value) is int else 0 if value is UNSET else number(value)
