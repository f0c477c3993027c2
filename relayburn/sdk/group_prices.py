"""What a group of turns paid.

In: turns that pay the same prices, added up. Out: their prices, or their cost in US dollars; nothing where the model has no
price. A group costs what its turns cost, to within rounding (compare.md 2).
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from relayburn.ledger.archive.groups import PricedGroup
from relayburn.pricing.cost import cost_at_rate
from relayburn.pricing.rate import TurnRate, rate_for_usage
from relayburn.pricing.table import INCLUDED_IN_OUTPUT, PriceTable
from relayburn.records import Usage
from relayburn.semantics import Semantics


def rate_of_group(group: PricedGroup, table: PriceTable, semantics: Semantics) -> TurnRate | None:
    """The prices of all turns of `group`."""
    context: Any = group.context
    return rate_for_usage(
        Usage(input=context),
        group.model,
        table,
        semantics=semantics,
        reasoning_mode=INCLUDED_IN_OUTPUT if group.source == "codex" else UNSET,
        ts=group.ts,
    )


def cost_of_group(group: PricedGroup, rate: TurnRate | None) -> float | None:
    """What `group` cost at `rate`."""
    return None if rate is None else cost_at_rate(group.usage, group.model, rate).total
