"""What one session cost so far (sdk.md 6).

In: a home and a session's id. Out: US dollars to six digits, tokens, turns, models.
"""

from __future__ import annotations

import math

from msgspec import UNSET, UnsetType, field

from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import add_up
from relayburn.pricing.unpriced import UnpricedModel, summarize_unpriced
from relayburn.records import OptionalText, Record, Usage
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.semantics import CURRENT, Semantics
from relayburn.text import code_unit_key

NO_SESSION = "no session id provided"
NO_TURNS = "no turns recorded for this session yet"

_MICRO = 10**6


class SessionCost(Record, kw_only=True):
    """The cost of a session; `note` says why there is none.

    `unpriced_turns` and `unpriced_models` tell of turns that no price is known for; under ts-1.10 they are absent.
    """

    session_id: str | None
    total_usd: float = field(default=0, name="totalUSD")
    total_tokens: float = 0
    turn_count: int = 0
    models: list[str]
    note: OptionalText = UNSET
    unpriced_turns: int | UnsetType = UNSET
    unpriced_models: list[UnpricedModel] | UnsetType = UNSET


def session_cost(
    home: HomeLike = None,
    *,
    session: str | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> SessionCost:
    """What `session` cost. Raises `HomeUnreadable`, `UnsupportedStorage`."""
    if not session:
        return SessionCost(session_id=None, models=[], note=NO_SESSION)
    reading = Reading(home_of(home), semantics, on_log)
    turns = reading.turns(LedgerQuery(session_id=session))
    if not turns:
        return SessionCost(session_id=session, models=[], note=NO_TURNS)
    table = reading.prices()
    costs = (cost_for_turn(turn, table, semantics=semantics) for turn in turns)
    result = SessionCost(
        session_id=session,
        total_usd=_to_the_micro(add_up(cost.total for cost in costs if cost is not None)),
        total_tokens=add_up(_tokens(turn.usage) for turn in turns),
        turn_count=len(turns),
        models=sorted({id_text(turn.model) for turn in turns}, key=code_unit_key),
    )
    if semantics.report_unpriced:
        unpriced = summarize_unpriced(turns, table, semantics=semantics)
        result.unpriced_turns, result.unpriced_models = unpriced.turns, unpriced.models
    return result


def _to_the_micro(usd: float) -> float:
    return math.floor(usd * _MICRO + 0.5) / _MICRO if math.isfinite(usd) else usd


def _tokens(usage: Usage) -> float:
    """All tokens; a part that is missing counts as none."""
    parts = (getattr(usage, name, UNSET) for name in Usage.__struct_fields__)
    return add_up(part for part in parts if type(part) is int or type(part) is float)
