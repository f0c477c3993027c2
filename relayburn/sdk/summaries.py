"""What was spent: in all, by tool and by model (sdk.md 5).

In: a home and what to look at. Out: tokens, US dollars and turns. Groups of turns that pay the same prices are priced at
once; the same function prices the turns of a walk one by one. Under `report_unpriced` what has no price is counted and
named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import UNSET, UnsetType

from relayburn.errors import InvalidOption
from relayburn.ledger.archive.groups import UsageGroup, spending
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import plain_usage
from relayburn.pricing.rate import context_tokens, price_steps
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedModel, billed_tokens
from relayburn.records import Record, TurnRecord, Usage
from relayburn.sdk.group_prices import cost_of_group, rate_of_group
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.sdk.since import normalized_since
from relayburn.sdk.tag_spending import TagSpending, spending_by_tag
from relayburn.semantics import CURRENT, Semantics


class ToolSpending(Record, kw_only=True):
    """One tool: its calls, and what the turns with them used and cost. A turn counts once for each call."""

    tool: str
    tokens: float = 0
    cost: float = 0
    count: int = 0


class ModelSpending(Record, kw_only=True):
    """One model, as logged."""

    model: str
    tokens: float = 0
    cost: float = 0


class Summary(Record, kw_only=True):
    """Tokens of every kind, US dollars, turns. Rows stand where they first appeared.

    `unpriced_turns` and `unpriced_models` tell of turns that no price is known for, which cost 0 here; under ts-1.10 they
    are absent. `by_tag` is there where it was asked for, dearest first.
    """

    total_tokens: float = 0
    total_cost: float = 0
    turn_count: int = 0
    by_tool: list[ToolSpending]
    by_model: list[ModelSpending]
    unpriced_turns: int | UnsetType = UNSET
    unpriced_models: list[UnpricedModel] | UnsetType = UNSET
    by_tag: list[TagSpending] | UnsetType = UNSET


def summary(
    home: HomeLike = None,
    *,
    session: str | None = None,
    project: str | None = None,
    since: str | None = None,
    tags: Mapping[str, str] | None = None,
    group_by_tag: str | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> Summary:
    """What the turns of a session, a project (or its key) or a time cost; without any of them, all turns.

    `since` is an ISO time, or `7d` for seven days ago; `tags` are values that stamps must give, `group_by_tag` a key whose
    values are rows of their own. Raises `InvalidOption`, `HomeUnreadable`, `UnsupportedStorage`.
    """
    if "" in (tags or ()) or group_by_tag == "":
        raise InvalidOption("tag key must be non-empty")
    reading = Reading(home_of(home), semantics, on_log)
    query = LedgerQuery(
        since=normalized_since(reading.home, since),
        session_id=session or None,
        project=project or None,
        enrichment=tags or None,
    )
    table = reading.prices()
    found = reading.from_archive(
        lambda: spending(
            reading.home,
            query,
            lambda model: price_steps(model, table, semantics=semantics),
            semantics=semantics,
        ),
        lambda: spending_of(reading.walked_turns(query)),
    )
    result = summed_up(found, table, semantics)
    if group_by_tag is not None:
        result.by_tag = spending_by_tag(reading, query, group_by_tag, table)
    return result


def spending_of(turns: Iterable[TurnRecord]) -> list[UsageGroup]:
    """Each turn as a group of its own."""
    groups = []
    for turn in turns:
        usage = plain_usage(turn.usage)
        tools = [id_text(call.name) for call in turn.tool_calls]
        groups.append(UsageGroup(id_text(turn.model), turn.source, turn.ts, context_tokens(usage), 1, usage, tools))
    return groups


def summed_up(groups: Iterable[UsageGroup], table: PriceTable, semantics: Semantics) -> Summary:
    """The summary of `groups`, in the order in which they first appear."""
    result = Summary(by_tool=[], by_model=[])
    models: dict[str, ModelSpending] = {}
    tools: dict[str, ToolSpending] = {}
    unpriced: dict[str, UnpricedModel] = {}
    for group in groups:
        rate = rate_of_group(group, table, semantics)
        tokens, cost = _tokens(group.usage), cost_of_group(group, rate) or 0
        result.turn_count += group.turns
        result.total_tokens += tokens
        result.total_cost += cost
        model = models.setdefault(group.model, ModelSpending(model=group.model))
        model.tokens += tokens
        model.cost += cost
        for name in group.tools:
            tool = tools.setdefault(name, ToolSpending(tool=name))
            tool.tokens += tokens
            tool.cost += cost
            tool.count += group.turns
        if rate is None:
            row = unpriced.setdefault(group.model, UnpricedModel(model=group.model))
            row.turns += group.turns
            row.tokens += billed_tokens(group.usage, group.source)
    result.by_model, result.by_tool = list(models.values()), list(tools.values())
    if semantics.report_unpriced:
        result.unpriced_models = list(unpriced.values())
        result.unpriced_turns = sum(row.turns for row in unpriced.values())
    return result


def _tokens(usage: Usage) -> float:
    return (
        usage.input + usage.output + usage.reasoning + usage.cache_read + usage.cache_create_5m + usage.cache_create_1h
    )
