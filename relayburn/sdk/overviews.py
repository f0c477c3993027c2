"""An overview of spending by who was paid, from groups of turns instead of turns (cli.md 7.1).

In: a home whose archive is up to date, a query, and how payments are labelled. Out: what `analyze.overview` gives of the
turns themselves; costs agree to within rounding, as groups are priced at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from relayburn.analyze.fidelity import add_up_fidelity
from relayburn.analyze.overview import Overview, WebSearches
from relayburn.analyze.provider import provider_for_model
from relayburn.analyze.replacement_savings import savings_of_calls
from relayburn.analyze.spending import Portion, spending_of_portions
from relayburn.analyze.stop_reason_counts import count_stop_reasons
from relayburn.ledger.archive.portions import ToldGroup, portions
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.cost import cost_at_rate
from relayburn.pricing.rate import price_steps
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedModel, UnpricedUsage
from relayburn.records import Usage
from relayburn.sdk.group_prices import rate_of_group
from relayburn.semantics import Semantics

Label = Callable[[str, str], str]
"""The label of a payment, by its model and source."""


class ArchivedOverview(NamedTuple):
    """The overview, and how many turns were read for it, before providers were looked at."""

    overview: Overview
    read: int


def archived_overview(
    home: Home,
    query: LedgerQuery,
    label: Label,
    table: PriceTable,
    *,
    providers: Collection[str] | None = None,
    semantics: Semantics,
) -> ArchivedOverview:
    """The overview of the turns that `query` asks for, paid to `providers` (in lower case) where some are given.

    Raises `ArchiveUnusable`, and `InvalidInput` for a turn whose fidelity has no coverage.
    """
    found = portions(home, query, lambda model: price_steps(model, table, semantics=semantics), semantics=semantics)

    def is_wanted(model: str, source: str) -> bool:
        return providers is None or provider_for_model(model, source).provider.lower() in providers

    groups = [group for group in found.groups if is_wanted(group.model, group.source)]
    calls = [each.call for each in found.standing_in if is_wanted(each.model, each.source)]
    priced = [(group, _portion(group, label(group.model, group.source), table, semantics)) for group in groups]
    overview = Overview(
        turns=sum(group.turns for group in groups),
        rows=spending_of_portions(portion for _, portion in priced),
        fidelity=add_up_fidelity((group.fidelity, group.turns) for group in groups),
        savings=savings_of_calls(calls),
        stop_reasons=count_stop_reasons((group.stop_reason, group.turns) for group in groups),
        unpriced=_unpriced([group for group, portion in priced if portion.cost is None], semantics),
        searches=WebSearches.of((group.model, group.web_searches) for group in groups),
    )
    return ArchivedOverview(overview, sum(group.turns for group in found.groups))


def _portion(group: ToldGroup, label: str, table: PriceTable, semantics: Semantics) -> Portion:
    rate = rate_of_group(group, table, semantics)
    cost = None if rate is None else cost_at_rate(group.usage, group.model, rate)
    return Portion(label, group.usage, group.fidelity, cost, group.turns)


def _unpriced(groups: Sequence[ToldGroup], semantics: Semantics) -> UnpricedUsage:
    models: dict[str, UnpricedModel] = {}
    for group in groups if semantics.report_unpriced else ():
        model = models.setdefault(group.model, UnpricedModel(model=group.model))
        model.turns += group.turns
        model.tokens += _billed_tokens(group.usage, group.source)
    rows = list(models.values())
    return UnpricedUsage(turns=sum(row.turns for row in rows), tokens=sum(row.tokens for row in rows), models=rows)


def _billed_tokens(usage: Usage, source: str) -> float:
    """The tokens that a price would apply to; the output of Codex already holds its reasoning."""
    reasoning = 0 if source == "codex" else usage.reasoning
    return usage.input + usage.output + reasoning + usage.cache_read + usage.cache_create_5m + usage.cache_create_1h
