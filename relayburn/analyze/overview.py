"""All that a summary tells of turns under labels of its own choosing.

In: turns, each with its label, and the price table. Out: rows by label, what sources told, what replacement tools saved,
how turns ended, and what has no price (cli.md 7.1, after-1x-surface.md 6).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from relayburn.analyze.fidelity import FidelitySummary, summarize_fidelity
from relayburn.analyze.replacement_savings import SavingsSummary, summarize_replacement_savings
from relayburn.analyze.spending import SpendingRow, spending
from relayburn.analyze.stop_reason_counts import StopReasonCounts, count_stop_reasons
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedUsage, summarize_unpriced
from relayburn.records import TurnRecord
from relayburn.semantics import Semantics


class Overview(Struct, frozen=True):
    """`rows` come dearest first; what is unpriced is told only under `report_unpriced`."""

    turns: int
    rows: list[SpendingRow]
    fidelity: FidelitySummary
    savings: SavingsSummary
    stop_reasons: StopReasonCounts
    unpriced: UnpricedUsage


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
    )
