"""What could not be priced: turns whose model no price is known for are counted and named, never shown as $0.

In: turns and the price table. Out: turns, tokens and models without a price, in order of first sight (cost.md and
hotspots.md, "After 1.x"). Under ts-1.10 nothing is reported.
"""

from __future__ import annotations

from collections.abc import Iterable

from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import plain_usage
from relayburn.pricing.rate import rate_for_turn
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, TurnRecord, Usage
from relayburn.semantics import Semantics


class UnpricedModel(Record, kw_only=True):
    """One model without a price: its id as logged, its turns and their tokens of every kind."""

    model: str
    turns: int = 0
    tokens: float = 0


class UnpricedUsage(Record, kw_only=True):
    """All turns without a price, and by model."""

    turns: int = 0
    tokens: float = 0
    models: list[UnpricedModel]


def summarize_unpriced(turns: Iterable[TurnRecord], table: PriceTable, *, semantics: Semantics) -> UnpricedUsage:
    """Count the turns of `turns` that no price is known for."""
    summary = UnpricedUsage(models=[])
    if not semantics.report_unpriced:
        return summary
    models: dict[str, UnpricedModel] = {}
    known: dict[str | None, bool] = {}
    for turn in turns:
        # Prices may depend on more than the model; whether there is one does not.
        id_ = turn.model if isinstance(turn.model, str) else None
        if id_ not in known:
            known[id_] = rate_for_turn(turn, table, semantics=semantics) is not None
        if known[id_]:
            continue
        name = id_text(turn.model)
        model = models.setdefault(name, UnpricedModel(model=name))
        tokens = billed_tokens(plain_usage(turn.usage), turn.source)
        model.turns += 1
        model.tokens += tokens
        summary.turns += 1
        summary.tokens += tokens
    summary.models = list(models.values())
    return summary


def billed_tokens(usage: Usage, source: str) -> float:
    """The tokens of every kind that a price would apply to; the output of Codex already holds its reasoning."""
    reasoning = 0 if source == "codex" else usage.reasoning
    return usage.input + usage.output + reasoning + usage.cache_read + usage.cache_create_5m + usage.cache_create_1h
