"""How what was measured is shown.

In: ratios, growths, amounts, and what commands took. Out: tables for a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from conformance.bench.linear import LIMIT, TIMES, Growth
from conformance.bench.measure import Amount, Ratio
from conformance.bench.processes import Spent


def ratio_table(title: str, ratios: Sequence[Ratio]) -> Table:
    """What things cost, and against what."""
    table = _table(title, "", "cost", "floor", "ratio", "limit", "aim")
    for ratio in ratios:
        table.add_row(
            ratio.name,
            f"{ratio.cost * 1e3:.0f} ms",
            f"{ratio.floor * 1e3:.0f} ms",
            f"{ratio.value:.2f}",
            _bound(ratio.limit),
            _bound(ratio.aim),
        )
    return table


def growth_table(grown: Sequence[Growth]) -> Table:
    """What doubling did to each analysis."""
    table = _table("Twice the turns", "", *(f"{times} times" for times in TIMES), "each doubling", "fitted", "limit")
    for growth in grown:
        seconds = [f"{second * 1e3:.0f} ms" for second in growth.seconds]
        doublings = " ".join(f"{times:.2f}" for times in growth.doublings)
        table.add_row(growth.name, *seconds, doublings, f"{growth.per_doubling:.2f}", f"{LIMIT:g}")
    return table


def amount_table(title: str, amounts: Sequence[Amount]) -> Table:
    """What was measured by itself."""
    table = _table(title, "", "", "at most", "at least")
    for amount in amounts:
        table.add_row(amount.name, f"{amount.value:.3g} {amount.unit}", _bound(amount.limit), _bound(amount.least))
    return table


def command_table(title: str, spent: Mapping[str, Spent]) -> Table:
    """What whole processes took."""
    table = _table(title, "", "by the clock", "processors", "memory")
    for name, each in spent.items():
        table.add_row(name, f"{each.wall * 1e3:.0f} ms", f"{each.processor * 1e3:.0f} ms", f"{each.peak_mb:.0f} MB")
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left")
    return table


def _bound(bound: float | None) -> str:
    return "" if bound is None else f"{bound:.3g}"
