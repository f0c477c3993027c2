"""What tool results cost: once when they enter the context, and again on each later turn that re-reads them.

In: turns of any sessions, the price table and what went back to the model. Out: one row a tool call, and per session
how much of its cost those rows explain, in US dollars (hotspots.md 3 and 4). Sessions are independent.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from relayburn.analyze.result_sizes import measured_sizes, with_stored
from relayburn.analyze.riding import HotspotAttribution, riders_for
from relayburn.analyze.sessions import turns_by_session
from relayburn.pricing.cost import MILLION, cost_at_rate
from relayburn.pricing.numbers import add_up, plain_usage
from relayburn.pricing.rate import TurnRate, TurnRates
from relayburn.pricing.table import PriceTable
from relayburn.records import UNSET, ContentRecord, Record, ToolCall, TurnRecord, Usage, UserTurnRecord
from relayburn.semantics import Semantics

SIZED = "sized"
EVEN_SPLIT = "even-split"

DELEGATING_TOOLS = ("Agent", "Task")
"""Tools whose target is the type of the subagent they start."""


class SessionHotspots(Record, kw_only=True):
    """One session's cost in US dollars, and the part of it that tool results explain."""

    session_id: str
    grand_cost: float
    attributed_cost: float
    unattributed_cost: float
    attribution_method: str


class Hotspots(Record, kw_only=True):
    """The rows of all sessions, one after another, and the totals in US dollars."""

    attributions: list[HotspotAttribution]
    session_totals: list[SessionHotspots]
    grand_total: float = 0
    attributed_total: float = 0
    unattributed_total: float = 0


def attribute_hotspots(
    turns: Iterable[TurnRecord],
    table: PriceTable,
    *,
    semantics: Semantics,
    user_turns_by_session: Mapping[Any, Sequence[UserTurnRecord]] | None = None,
    content_by_session: Mapping[Any, Iterable[ContentRecord]] | None = None,
) -> Hotspots:
    """Charge every tool call of `turns` for its result; sessions and rows keep the order of first appearance.

    The maps hold what went back to the model, in source order, as `by_session` groups it. Content is only gone through where
    user turns do not measure all results.
    """
    given = user_turns_by_session or {}
    measured = {session: measured_sizes(user_turns) for session, user_turns in given.items()}
    return attribute_measured(turns, measured, table, semantics=semantics, content_by_session=content_by_session)


def attribute_measured(
    turns: Iterable[TurnRecord],
    measured: Mapping[Hashable, Mapping[str, float]],
    table: PriceTable,
    *,
    semantics: Semantics,
    content_by_session: Mapping[Any, Iterable[ContentRecord]] | None = None,
) -> Hotspots:
    """`attribute_hotspots` where user turns were measured before: tokens by session and tool use id."""
    result = Hotspots(attributions=[], session_totals=[])
    rates = TurnRates(table, semantics=semantics)
    for session, session_turns in turns_by_session(turns).items():
        sizes = with_stored(
            measured.get(session, {}),
            (content_by_session or {}).get(session, ()),
            {call.id for turn in session_turns for call in turn.tool_calls},
        )
        rows, total = _attribute_session(session_turns, sizes, rates)
        result.attributions += rows
        result.session_totals.append(total)
        result.grand_total += total.grand_cost
        result.attributed_total += total.attributed_cost
    result.unattributed_total = result.grand_total - result.attributed_total
    return result


def _attribute_session(
    turns: Sequence[TurnRecord], sizes: Mapping[str, float], rates: TurnRates
) -> tuple[list[HotspotAttribution], SessionHotspots]:
    calls_by_turn = [[_row(turn, call, sizes) for call in turn.tool_calls] for turn in turns]
    riders = riders_for(calls_by_turn)
    pending: list[HotspotAttribution] = []
    grand_cost: float = 0
    for turn, calls in zip(turns, calls_by_turn, strict=True):
        rate = rates.of(turn)
        if rate is not None:
            grand_cost += cost_at_rate(turn.usage, turn.model, rate).total
            usage = plain_usage(turn.usage)
            if sizes:
                _charge_by_size(pending, usage, rate)
                riders.charge(usage.cache_read, rate.cache_read)
            else:
                _charge_evenly(pending, usage, rate)
        riders.board(pending)
        pending = calls
    riders.settle()
    rows = [row for calls in calls_by_turn for row in calls]
    attributed = add_up(row.total_cost for row in rows)
    total = SessionHotspots(
        session_id=turns[0].session_id,
        grand_cost=grand_cost,
        attributed_cost=attributed,
        unattributed_cost=grand_cost - attributed,
        attribution_method=SIZED if sizes else EVEN_SPLIT,
    )
    return rows, total


def _row(turn: TurnRecord, call: ToolCall, sizes: Mapping[str, float]) -> HotspotAttribution:
    return HotspotAttribution(
        tool_use_id=call.id,
        tool_name=call.name,
        target=call.target,
        args_hash=call.args_hash,
        session_id=turn.session_id,
        emit_turn_index=turn.turn_index,
        emit_ts=turn.ts,
        model=turn.model,
        project=turn.project,
        project_key=turn.project_key,
        subagent_type=call.target if call.name in DELEGATING_TOOLS else UNSET,
        result_tokens=sizes.get(call.id, 0),
        result_bytes_estimated=bool(sizes),
    )


def _charge_by_size(pending: Sequence[HotspotAttribution], usage: Usage, rate: TurnRate) -> None:
    """The turn that first reads the results pays for them, at its own mix of plain input and cache writes."""
    entered: Any = usage.input + usage.cache_create_5m + usage.cache_create_1h
    siblings = add_up(call.result_tokens for call in pending)
    if not (entered > 0 and siblings > 0):
        return
    share = usage.input / entered
    price = share * rate.input + (1 - share) * rate.write_price(usage)
    cap = min(siblings, entered)
    for call in pending:
        tokens = call.result_tokens / siblings * cap
        cost = tokens / MILLION * price
        call.initial_tokens = tokens
        call.initial_cost = cost
        call.total_cost += cost


def _charge_evenly(pending: Sequence[HotspotAttribution], usage: Usage, rate: TurnRate) -> None:
    """Without sizes, the calls of a turn share all that the next one took in."""
    entered = usage.input + usage.cache_create_5m + usage.cache_create_1h
    if not (pending and entered > 0):
        return
    written = usage.cache_create_5m + usage.cache_create_1h
    cost = (usage.input / MILLION * rate.input + written / MILLION * rate.write_price(usage)) / len(pending)
    for call in pending:
        call.initial_tokens = entered / len(pending)
        call.initial_cost = cost
        call.total_cost += cost
