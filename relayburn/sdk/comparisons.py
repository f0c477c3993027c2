"""How models compare at each kind of work (sdk.md 10, compare.md 2).

In: a home and two models or more. Out: a table of models by activity, as cells in table order, and how many turns were left
out because their sources tell too little. Where no turn has to be looked at by itself, groups of turns are priced
instead.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from msgspec import UNSET, UnsetType

from relayburn.analyze.compare import (
    DEFAULT_MIN_SAMPLE,
    CompareTable,
    CompareTally,
    ModelTotals,
    build_compare_table,
)
from relayburn.analyze.fidelity import (
    CLASSES,
    WORST_TO_BEST,
    FidelitySummary,
    has_minimum_fidelity,
    summarize_fidelity,
)
from relayburn.analyze.provider import filter_turns_by_provider, provider_names
from relayburn.errors import InvalidOption
from relayburn.jsnum import normalize, to_fixed
from relayburn.ledger.archive.groups import activities
from relayburn.ledger.archive.reading import read_turns
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.rate import price_steps
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, TurnRecord
from relayburn.sdk.group_prices import cost_of_group, rate_of_group
from relayburn.sdk.places import HomeLike, home_of, wants_archive
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.sdk.since import normalized_since
from relayburn.semantics import CURRENT, Semantics

USAGE_ONLY = "usage-only"
PARTIAL = "partial"

_USD_DIGITS = 6
_RATE_DIGITS = 4


class ComparedCell(Record, kw_only=True):
    """One model at one kind of work. Costs are US dollars to six digits, rates to four; over nothing they are None."""

    model: str
    category: str
    turns: int
    edit_turns: int
    one_shot_turns: int
    priced_turns: int
    total_cost: float
    cost_per_turn: float | None
    one_shot_rate: float | None
    cache_hit_rate: float | None
    median_retries: float | None
    no_data: bool
    insufficient_sample: bool


class ExcludedTurns(Record, kw_only=True):
    """Turns whose fidelity is below the minimum, by class."""

    total: int = 0
    aggregate_only: int = 0
    cost_only: int = 0
    partial: int = 0
    usage_only: int = 0


class CompareFidelity(Record, kw_only=True):
    """The minimum that was asked for, what it excluded, and what the sources of all turns told."""

    minimum: str
    excluded: ExcludedTurns
    summary: FidelitySummary


class Comparison(Record, kw_only=True):
    """The table: models dearest first, categories by turns; `cells` go model by model. Totals are not rounded."""

    analyzed_turns: int
    min_sample: float
    models: list[str]
    categories: list[str]
    totals: dict[str, ModelTotals]
    cells: list[ComparedCell]
    fidelity: CompareFidelity


class Compared(NamedTuple):
    """A table, nothing rounded: of how many turns it is, which fidelity they have at least, and what all turns told."""

    table: CompareTable
    analyzed_turns: int
    minimum: str
    fidelity: FidelitySummary

    @property
    def excluded(self) -> ExcludedTurns:
        """The turns that are below the minimum."""
        if self.minimum == PARTIAL:
            return ExcludedTurns()
        below = WORST_TO_BEST[: WORST_TO_BEST.index(self.minimum)]
        counts = {name: self.fidelity.by_class.get(name) or 0 for name in below}
        return ExcludedTurns(
            total=sum(counts.values()),
            aggregate_only=counts.get("aggregate-only", 0),
            cost_only=counts.get("cost-only", 0),
            partial=counts.get("partial", 0),
            usage_only=counts.get("usage-only", 0),
        )


class ArchiveComparison(NamedTuple):
    """The table of an archive, and how many turns matched the query, whatever their model."""

    table: CompareTable
    analyzed_turns: int


def compare(
    home: HomeLike = None,
    *,
    models: Sequence[str],
    session: str | None = None,
    project: str | None = None,
    since: str | None = None,
    workflow: str | None = None,
    agent: str | None = None,
    provider: Sequence[str] | None = None,
    min_sample: float = DEFAULT_MIN_SAMPLE,
    min_fidelity: str = USAGE_ONLY,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> Comparison:
    """Compare `models` over the turns that match.

    `workflow` and `agent` are values of stamps, `provider` names those who were paid. Turns below `min_fidelity` are left
    out, unless it is `partial`; cells of fewer than `min_sample` turns are marked. Raises `InvalidOption`,
    `HomeUnreadable`, `UnsupportedStorage`.
    """
    providers = _checked(models, min_fidelity, provider)
    reading = Reading(home_of(home), semantics, on_log)
    given = {"workflowId": workflow, "agentId": agent}
    query = LedgerQuery(
        since=normalized_since(reading.home, since),
        session_id=session or None,
        project=project or None,
        enrichment={key: value for key, value in given.items() if value},
    )
    compared = compare_turns(
        reading, query, models, providers=providers, min_sample=min_sample, min_fidelity=min_fidelity
    )
    return comparison_of(compared)


def compare_turns(
    reading: Reading,
    query: LedgerQuery,
    models: Sequence[str],
    *,
    providers: Collection[str] = (),
    min_sample: float = DEFAULT_MIN_SAMPLE,
    min_fidelity: str = USAGE_ONLY,
) -> Compared:
    """Compare `models` over the turns that `query` asks for, nothing rounded; `providers`, in lower case, or all.

    Raises as `compare`, but for what is wrong with options: `min_fidelity` is one of the classes.
    """
    home, table = reading.home, reading.prices()
    if min_fidelity == PARTIAL and not providers and wants_archive(home.environ):
        found = reading.from_archive(
            lambda: _from_groups(reading, query, table, models, min_sample), lambda: None, "archive compare"
        )
        if found is not None:
            return found
    turns = reading.turns(query) if wants_archive(home.environ) else reading.walked_turns(query)
    turns = filter_turns_by_provider(turns, providers or None)
    summary = summarize_fidelity(turns)
    kept = [turn for turn in turns if min_fidelity == PARTIAL or has_minimum_fidelity(turn.fidelity, min_fidelity)]
    compared = build_compare_table(kept, table, semantics=reading.semantics, models=models, min_sample=min_sample)
    return Compared(compared, len(kept), min_fidelity, summary)


def comparison_of(compared: Compared) -> Comparison:
    """What was compared, as the verb gives it: cells in one list, their amounts and rates rounded."""
    table, minimum = compared.table, compared.minimum
    return Comparison(
        analyzed_turns=compared.analyzed_turns,
        min_sample=table.min_sample,
        models=table.models,
        categories=table.categories,
        totals=table.totals,
        cells=[
            ComparedCell(
                model=model,
                category=category,
                turns=cell.turns,
                edit_turns=cell.edit_turns,
                one_shot_turns=cell.one_shot_turns,
                priced_turns=cell.priced_turns,
                total_cost=_fixed(cell.total_cost, _USD_DIGITS),
                cost_per_turn=_optional(cell.cost_per_turn, _USD_DIGITS),
                one_shot_rate=_optional(cell.one_shot_rate, _RATE_DIGITS),
                cache_hit_rate=_optional(cell.cache_hit_rate, _RATE_DIGITS),
                median_retries=cell.median_retries,
                no_data=cell.no_data,
                insufficient_sample=cell.insufficient_sample,
            )
            for model in table.models
            for category, cell in table.cells[model].items()
        ],
        fidelity=CompareFidelity(minimum=minimum, excluded=compared.excluded, summary=compared.fidelity),
    )


def compare_from_archive(
    home: Home,
    query: LedgerQuery,
    table: PriceTable,
    *,
    models: Sequence[str] | UnsetType = UNSET,
    min_sample: float = DEFAULT_MIN_SAMPLE,
    semantics: Semantics = CURRENT,
) -> ArchiveComparison:
    """The table of the turns that `query` asks for, from an archive that is up to date. Raises `ArchiveUnusable`."""
    groups = activities(home, query, lambda model: price_steps(model, table, semantics=semantics), semantics=semantics)
    tally = CompareTally(models)
    for group in groups:
        cell = tally.cell(group.model, group.activity)
        if cell is None:
            continue
        cost = cost_of_group(group, rate_of_group(group, table, semantics))
        tally.count(group.model, group.activity, cell, group.turns, cost)
        for retries in group.retries:
            cell.add_edit(normalize(retries))
        cell.add_usage(group.usage)
    return ArchiveComparison(tally.table(min_sample), sum(group.turns for group in groups))


def _from_groups(
    reading: Reading, query: LedgerQuery, table: PriceTable, models: Sequence[str], min_sample: float
) -> Compared:
    compared, analyzed = compare_from_archive(
        reading.home, query, table, models=models, min_sample=min_sample, semantics=reading.semantics
    )
    turns: list[TurnRecord] = read_turns(reading.home, query, semantics=reading.semantics)
    return Compared(compared, analyzed, PARTIAL, summarize_fidelity(turns))


def _checked(models: Any, min_fidelity: Any, provider: Any) -> list[str]:
    """The providers that are asked for, in lower case. Raises `InvalidOption`."""
    if not isinstance(models, list | tuple) or len(models) < 2:
        raise InvalidOption("compare: needs at least 2 models")
    if min_fidelity not in CLASSES:
        raise InvalidOption(f"compare: invalid minFidelity: {min_fidelity} (expected one of {', '.join(CLASSES)})")
    if provider is None:
        return []
    if not isinstance(provider, list | tuple):
        raise InvalidOption("compare: provider must be an array of strings")
    return provider_names(provider)


def _fixed(value: float, digits: int) -> float:
    return float(to_fixed(value, digits))


def _optional(value: float | None, digits: int) -> float | None:
    return None if value is None else _fixed(value, digits)
