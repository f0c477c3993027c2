"""`burn daily`, `weekly` and `monthly`: what was spent when.

In: a `Shell` and settled options. Out: a table, JSON, or CSV with one row a period (or one a period and model).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.analyze.calendar import Unit
from relayburn.cli.formats import json_text, usd
from relayburn.cli.loading import ingest_first
from relayburn.cli.progress import progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.cli.unpriced import unpriced_note
from relayburn.jsnum import locale_text, number_text
from relayburn.records import to_wire
from relayburn.sdk.spending_over_time import PeriodSpending, Spending, spending_by_period

LIST_PRICE = "Amounts are what the tokens cost at list price, not what was billed."

_COUNTS = ("input", "output", "reasoning", "cacheRead", "cacheCreate")


@dataclass(frozen=True, slots=True)
class Periods:
    """Which turns, in which zone, and whether each model stands by itself."""

    unit: Unit
    tz: str | None = None
    since: str | None = None
    until: str | None = None
    session: str | None = None
    project: str | None = None
    by_model: bool = False


def show_table(shell: Shell, asked: Periods) -> int:
    """The periods, for people."""
    found = _spending(shell, asked)
    if not found:
        shell.say("no turns match the current filters.")
        return 0
    named = (asked.unit, "model") if asked.by_model else (asked.unit,)
    rows = [[*named, "turns", *_COUNTS, "cost"]]
    rows += [[*names, *_cells(spending), usd(spending.cost)] for names, spending in _rows(found, asked)]
    parts: list[Part] = ["", Table(rows), "", f"total cost: {usd(sum(period.spent.cost for period in found))}"]
    write_report(shell, [*parts, *besides([period.spent for period in found]), LIST_PRICE])
    return 0


def besides(found: Sequence[Spending]) -> list[Part]:
    """What the cost of the tokens leaves out: fees, and turns without a price."""
    parts: list[Part] = []
    searches = sum(spending.web_searches for spending in found)
    if searches:
        fees = usd(sum(spending.fees for spending in found))
        parts.append(f"besides: {fees} for {locale_text(searches)} web search{'' if searches == 1 else 'es'}")
    unpriced = sum(spending.unpriced_turns for spending in found)
    if unpriced:
        parts.append(f"{unpriced_note(unpriced)}.")
    return parts


def show_json(shell: Shell, asked: Periods) -> int:
    """The periods as one JSON array, each with its models."""
    shell.say(json_text([to_wire(period) for period in _spending(shell, asked)]))
    return 0


def show_csv(shell: Shell, asked: Periods) -> int:
    """The periods as CSV with a header; amounts unrounded."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    named = (asked.unit, "model") if asked.by_model else (asked.unit,)
    writer.writerow([*named, "turns", *_COUNTS, "total_tokens", "cost_usd", "fees_usd", "unpriced_turns"])
    for names, spending in _rows(_spending(shell, asked), asked):
        amounts = (spending.total_tokens, spending.cost, spending.fees, spending.unpriced_turns)
        figures = (spending.turns, *_counts(spending), *amounts)
        writer.writerow([*names, *map(number_text, figures)])
    shell.say(text.getvalue().rstrip("\n"))
    return 0


def _spending(shell: Shell, asked: Periods) -> list[PeriodSpending]:
    ingest_first(shell, progress_of(shell))
    return spending_by_period(
        shell.home,
        unit=asked.unit,
        tz=asked.tz,
        since=asked.since,
        until=asked.until,
        session=asked.session,
        project=asked.project,
        on_log=shell.remark,
        semantics=shell.semantics,
    )


def _rows(found: Sequence[PeriodSpending], asked: Periods) -> Iterator[tuple[tuple[str, ...], Spending]]:
    for period in found:
        if not asked.by_model:
            yield (period.name,), period.spent
            continue
        for share in period.models:
            yield (period.name, share.model), share.spent


def _counts(spending: Spending) -> tuple[Any, ...]:
    usage = spending.usage
    written = usage.cache_create_5m + usage.cache_create_1h
    return usage.input, usage.output, usage.reasoning, usage.cache_read, written


def _cells(spending: Spending) -> list[str]:
    return [locale_text(count) for count in (spending.turns, *_counts(spending))]
