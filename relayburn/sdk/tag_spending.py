"""What was spent under each value that stamps give to a key (after-1x-surface.md 6).

In: a reading, a query and the key. Out: one row for each value, dearest first, and one for turns without the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from relayburn.analyze.spending import CostSums, spending
from relayburn.ledger import query as ledger
from relayburn.ledger.archive.reading import read_stamped_turns
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.ids import id_text
from relayburn.pricing.table import PriceTable
from relayburn.records import Record, TurnRecord, Usage, from_wire
from relayburn.sdk.reading import Reading

_UNSET = "(unset)"
_IS = "="
"""What stands before a value in its label, so that no value is mistaken for none."""


class TagSpending(Record, kw_only=True):
    """The turns whose stamps give `value` to the key `tag`; None for those that have no such key."""

    tag: str
    value: str | None
    turns: int
    usage: Usage
    cost: CostSums


def spending_by_tag(reading: Reading, query: LedgerQuery, key: str, table: PriceTable) -> list[TagSpending]:
    """What the turns that `query` asks for cost, by their value of `key`. Raises as a walk over the ledger does."""
    home, semantics = reading.home, reading.semantics
    stamped: Iterable[tuple[TurnRecord, Mapping[str, Any]]] = reading.from_archive(
        lambda: read_stamped_turns(home, query, semantics=semantics),
        lambda: [
            (from_wire(TurnRecord, turn), turn["enrichment"])
            for turn in ledger.query_turns(home, query, semantics=semantics)
        ],
    )
    labelled = ((_label(enrichment.get(key)), turn) for turn, enrichment in stamped)
    rows = []
    for row in spending(labelled, table, semantics=semantics):
        value = row.label.removeprefix(_IS) if row.label else None
        row.cost.model = _UNSET if value is None else value
        rows.append(TagSpending(tag=key, value=value, turns=row.turns, usage=row.usage, cost=row.cost))
    return rows


def _label(value: Any) -> str:
    return "" if value is None else _IS + id_text(value)
