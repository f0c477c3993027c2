"""All that a summary tells of turns under labels of its own choosing.

In: turns, each with its label, and the price table. Out: rows by label, what sources told, what replacement tools saved,
how turns ended, what has no price, and what is charged beside tokens (cli.md 7.1, after-1x-surface.md 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from relayburn.analyze.fidelity import FidelitySummary, summarize_fidelity
from relayburn.analyze.replacement_savings import SavingsSummary, summarize_replacement_savings
from relayburn.analyze.spending import SpendingRow, spending
from relayburn.analyze.stop_reason_counts import StopReasonCounts, count_stop_reasons
from relayburn.jsnum import is_number
from relayburn.pricing.fees import web_search_fee
from relayburn.pricing.ids import id_text
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedUsage, summarize_unpriced
from relayburn.records import TurnRecord
from relayburn.semantics import Semantics


class WebSearches(Struct, frozen=True):
    """The searches that vendors made for turns, and what they cost in US dollars, beside the cost of tokens."""

    count: float
    fees: float

    @classmethod
    def of(cls, made: Iterable[tuple[str, Any]]) -> WebSearches:
        """Add up how many searches each model made; what is no number, or none, does not count."""
        counts: dict[str, float] = {}
        for model, searches in made:
            if is_number(searches) and searches > 0:
                counts[model] = counts.get(model, 0) + searches
        fees = (web_search_fee(model, int(count)) or 0 for model, count in counts.items())
        return cls(sum(counts.values()), sum(fees))


class Overview(Struct, frozen=True):
    """`rows` come dearest first; what is unpriced is told only under `report_unpriced`."""

    turns: int
    rows: list[SpendingRow]
    fidelity: FidelitySummary
    savings: SavingsSummary
    stop_reasons: StopReasonCounts
    unpriced: UnpricedUsage
    searches: WebSearches


def overview(labelled: Sequence[tuple[str, TurnRecord]], table: PriceTable, *, semantics: Semantics) -> Overview:
    """The overview of `labelled` turns. Raises `InvalidInput` for a turn whose fidelity has no coverage."""
    turns = [turn for _, turn in labelled]
    return Overview(
        turns=len(turns),
        rows=spending(labelled, table, semantics=semantics),
        fidelity=summarize_fidelity(turns),
        savings=summarize_replacement_savings(turns),
        stop_reasons=count_stop_reasons((turn.stop_reason, 1) for turn in turns),
        unpriced=summarize_unpriced(turns, table, semantics=semantics),
        searches=WebSearches.of((id_text(turn.model), turn.web_searches) for turn in turns),
    )
