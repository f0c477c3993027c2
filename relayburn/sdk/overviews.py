"""An overview of spending by who was paid, from groups of turns instead of turns (cli.md 7.1).

In: a home whose archive is up to date, a query, and how payments are labelled. Out: what `analyze.overview` gives of the
turns themselves; costs agree to within rounding, as groups are priced at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import NamedTuple

from relayburn.analyze.fidelity import add_up_fidelity
from relayburn.analyze.overview import Overview, WebSearches
from relayburn.analyze.provider import provider_for_model
from relayburn.analyze.replacement_savings import savings_of_calls
from relayburn.analyze.soundness import is_sound
from relayburn.analyze.spending import Portion, spending_of_portions
from relayburn.analyze.stop_reason_counts import count_stop_reasons
from relayburn.ledger.archive.portions import StandingIn, ToldGroup, portions
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.cost import cost_at_rate
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import plain_usage
from relayburn.pricing.rate import context_tokens, price_steps
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedModel, UnpricedUsage, billed_tokens
from relayburn.records import TurnRecord
from relayburn.sdk.group_prices import rate_of_group
from relayburn.semantics import Semantics

Label = Callable[[str, str], str]
"""The label of a payment, by its model and source."""


class ArchivedOverview(NamedTuple):
    """The overview; how many turns were read for it, before providers were looked at; how many of them are damaged."""

    overview: Overview
    read: int
    damaged: int


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

    Damaged turns are left out. Raises `ArchiveUnusable`, and `InvalidInput` for a turn whose fidelity has no coverage.
    """
    found = portions(home, query, lambda model: price_steps(model, table, semantics=semantics), semantics=semantics)

    def is_wanted(model: str, source: str) -> bool:
        return providers is None or provider_for_model(model, source).provider.lower() in providers

    sound = [turn for turn in found.odd if is_sound(turn)]
    everything = [*found.groups, *map(_group_of, sound)]
    calls = [*found.standing_in, *(call for turn in sound for call in _calls_of(turn))]
    groups = [group for group in everything if is_wanted(group.model, group.source)]
    priced = [(group, _portion(group, label(group.model, group.source), table, semantics)) for group in groups]
    overview = Overview(
        turns=sum(group.turns for group in groups),
        rows=spending_of_portions(portion for _, portion in priced),
        fidelity=add_up_fidelity((group.fidelity, group.turns) for group in groups),
        savings=savings_of_calls(each.call for each in calls if is_wanted(each.model, each.source)),
        stop_reasons=count_stop_reasons((group.stop_reason, group.turns) for group in groups),
        unpriced=_unpriced([group for group, portion in priced if portion.cost is None], semantics),
        searches=WebSearches.of((group.model, group.web_searches) for group in groups),
    )
    damaged = len(found.odd) - len(sound)
    return ArchivedOverview(overview, sum(group.turns for group in everything) + damaged, damaged)


def _group_of(turn: TurnRecord) -> ToldGroup:
    return ToldGroup(
        model=id_text(turn.model),
        source=id_text(turn.source),
        ts=id_text(turn.ts),
        context=context_tokens(turn.usage),
        turns=1,
        usage=turn.usage,
        fidelity=turn.fidelity,
        stop_reason=turn.stop_reason,
        web_searches=turn.web_searches,
    )


def _calls_of(turn: TurnRecord) -> Iterator[StandingIn]:
    return (StandingIn(id_text(turn.model), id_text(turn.source), call) for call in turn.tool_calls)


def _portion(group: ToldGroup, label: str, table: PriceTable, semantics: Semantics) -> Portion:
    rate = rate_of_group(group, table, semantics)
    cost = None if rate is None else cost_at_rate(group.usage, group.model, rate)
    return Portion(label, group.usage, group.fidelity, cost, group.turns)


def _unpriced(groups: Sequence[ToldGroup], semantics: Semantics) -> UnpricedUsage:
    models: dict[str, UnpricedModel] = {}
    for group in groups if semantics.report_unpriced else ():
        model = models.setdefault(group.model, UnpricedModel(model=group.model))
        model.turns += group.turns
        model.tokens += billed_tokens(plain_usage(group.usage), group.source)
    rows = list(models.values())
    return UnpricedUsage(turns=sum(row.turns for row in rows), tokens=sum(row.tokens for row in rows), models=rows)
