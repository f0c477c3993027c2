"""`burn summary` by model, provider or tag (cli.md 7.1).

In: an inquiry and what turns are grouped by. Out: the table or JSON object, with what sources told of tokens, what
replacement tools saved and, where asked for, how sessions ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.analyze.fidelity import FidelitySummary
from relayburn.analyze.overview import Overview, overview
from relayburn.analyze.provider import UNKNOWN, provider_for_model
from relayburn.analyze.quality import Quality
from relayburn.analyze.spending import CostSums, SpendingRow, total_cost
from relayburn.analyze.stop_reason_counts import StopReasonCounts
from relayburn.cli.formats import json_text, plural, usd
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.summary.inquiry import Inquiry, Stamped
from relayburn.cli.summary.parts import savings_line, savings_wire
from relayburn.cli.summary.quality import quality_lines, quality_of
from relayburn.cli.unpriced import unpriced_wire, warn_of_unpriced
from relayburn.ingest.report import IngestReport
from relayburn.jsnum import locale_text, number_text
from relayburn.pricing.ids import id_text
from relayburn.pricing.numbers import plus
from relayburn.records import to_wire
from relayburn.sdk.overviews import Label, archived_overview

UNSET_TAG = "(unset)"

_COUNTS = ("input", "output", "reasoning", "cache_read", "cache_create")
_NAMES = ("input", "output", "reasoning", "cacheRead", "cacheCreate")
_FIDELITY_ORDER = ("full", "usage-only", "aggregate-only", "cost-only", "partial")
_ENDINGS = ("tool_use", "stop_sequence", "silent", "none")
"""Ways to end a turn that are told of only where there are some."""


Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Grouping:
    """What turns are grouped by: its name, the head of its column, and how its rows stand in JSON.

    `label` is that of a turn. Where model and source alone decide it, `of_payment` gives it for them.
    """

    name: str
    header: str
    row_key: str
    arranged: Callable[[Rows], dict[str, Any]]
    label: Callable[[Stamped], str]
    of_payment: Label | None = None


def _by_payment(name: str, json_key: str, of_payment: Label) -> Grouping:
    def label(stamped: Stamped) -> str:
        return of_payment(id_text(stamped.turn.model), id_text(stamped.turn.source))

    return Grouping(name, name, name, lambda rows: {json_key: rows}, label, of_payment)


BY_MODEL = _by_payment("model", "byModel", lambda model, _source: model or UNKNOWN)
BY_PROVIDER = _by_payment(
    "provider", "byProvider", lambda model, source: provider_for_model(model, source).provider or UNKNOWN
)


def by_tag(key: str) -> Grouping:
    """By the value that stamps give to `key`."""

    def label(stamped: Stamped) -> str:
        value = stamped.enrichment.get(key)
        return UNSET_TAG if value is None else id_text(value) or UNKNOWN

    return Grouping("tag", f"tag:{key}", "value", lambda rows: {"byTag": {"key": key, "rows": rows}}, label)


def show_as_table(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups, for people."""
    found = _overview(inquiry, grouping)
    if not found.turns:
        return _show_nothing(inquiry)
    write_report(inquiry.shell, _without_last_blank(_report(inquiry, grouping, found)))
    warn_of_unpriced(inquiry.shell, found.unpriced.models)
    return 0


def show_with_quality(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups, for people, and how the sessions ended."""
    stamped = _stamped(inquiry, grouping)
    found = _overview_of(stamped, inquiry, grouping)
    if not found.turns:
        return _show_nothing(inquiry)
    quality: Quality = quality_of(inquiry, [turn for turn, _ in stamped])
    parts = [*_report(inquiry, grouping, found), *quality_lines(quality), ""]
    write_report(inquiry.shell, _without_last_blank(parts))
    warn_of_unpriced(inquiry.shell, found.unpriced.models)
    return 0


def show_as_json(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups as one JSON object."""
    inquiry.shell.say(json_text(_wire(inquiry, grouping, _overview(inquiry, grouping))))
    return 0


def show_with_quality_as_json(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups as one JSON object, and in it how each session ended (after-1x-surface.md 6)."""
    stamped = _stamped(inquiry, grouping)
    answer = _wire(inquiry, grouping, _overview_of(stamped, inquiry, grouping))
    quality = quality_of(inquiry, [turn for turn, _ in stamped])
    inquiry.shell.say(json_text(answer | {"quality": to_wire(quality)}))
    return 0


def ingest_wire(ingested: IngestReport) -> dict[str, int]:
    """What was ingested before the report."""
    return {"ingestedSessions": ingested.ingested_sessions, "appendedTurns": ingested.appended_turns}


def _wire(inquiry: Inquiry, grouping: Grouping, found: Overview) -> dict[str, Any]:
    semantics = inquiry.shell.semantics
    searches = {"webSearches": found.searches.count, "fees": found.searches.fees} if semantics.web_searches else {}
    stop_reasons = {"stopReasons": to_wire(found.stop_reasons)} if semantics.stop_reasons else {}
    return {
        "ingest": ingest_wire(inquiry.ingested),
        "turns": found.turns,
        "totalCost": to_wire(total_cost(found.rows)),
        **grouping.arranged([_row_wire(row, grouping) for row in found.rows]),
        "fidelity": {
            "summary": to_wire(found.fidelity),
            "perCell": {"groupBy": grouping.name, "cells": [_cell_wire(row) for row in found.rows]},
        },
        **savings_wire(found.savings),
        **stop_reasons,
        **searches,
        **unpriced_wire(inquiry.shell, found.unpriced),
    }


def _overview(inquiry: Inquiry, grouping: Grouping) -> Overview:
    """The overview, without reading single turns where nothing but sums is asked for."""
    shell, wanted, of_payment = inquiry.shell, inquiry.wanted, grouping.of_payment
    if of_payment is None or wanted.agent is not None or not shell.semantics.whole_archive:
        return _overview_of(_stamped(inquiry, grouping), inquiry, grouping)
    found = inquiry.from_archive(
        lambda: archived_overview(
            shell.home,
            wanted.query(),
            of_payment,
            inquiry.table,
            providers=wanted.providers,
            semantics=shell.semantics,
        ),
        lambda found: found.read,
    )
    if found is None:
        return _overview_of(inquiry.walked_turns(), inquiry, grouping)
    inquiry.tell_of_damaged(found.damaged, found.read)
    return found.overview


def _stamped(inquiry: Inquiry, grouping: Grouping) -> list[Stamped]:
    """The turns, with what stamps say where labels depend on it."""
    if grouping.of_payment is None:
        return inquiry.stamped_turns()
    return [Stamped(turn, {}) for turn in inquiry.turns()]


def _overview_of(stamped: Sequence[Stamped], inquiry: Inquiry, grouping: Grouping) -> Overview:
    labelled = [(grouping.label(each), each.turn) for each in stamped]
    return overview(labelled, inquiry.table, semantics=inquiry.shell.semantics)


def _row_wire(row: SpendingRow, grouping: Grouping) -> dict[str, Any]:
    return {
        grouping.row_key: row.label,
        "turns": row.turns,
        "usage": to_wire(row.usage),
        "cost": to_wire(row.cost),
    }


def _cell_wire(row: SpendingRow) -> dict[str, Any]:
    partial = any(getattr(row.coverage, count).missing > 0 for count in _COUNTS)
    return {"label": row.label, "partial": partial, "fields": to_wire(row.coverage)}


def _show_nothing(inquiry: Inquiry) -> int:
    write_report(inquiry.shell, [*_heading(inquiry, 0), "no turns match the current filters."])
    return 0


def _heading(inquiry: Inquiry, turns: int) -> list[str]:
    ingested = inquiry.ingested
    sessions = f"{ingested.ingested_sessions} new session{plural(ingested.ingested_sessions)}"
    return [
        "",
        f"ingested {sessions} (+{ingested.appended_turns} turns)",
        "",
        f"turns analyzed: {locale_text(turns)}",
        "",
    ]


def _report(inquiry: Inquiry, grouping: Grouping, found: Overview) -> list[Part]:
    """The table and all blocks below it, each with an empty line after it."""
    total = total_cost(found.rows)
    rows = [[grouping.header, "turns", *_NAMES, "cost"], *(_cells(row) for row in found.rows)]
    parts: list[Part] = [*_heading(inquiry, found.turns), Table(rows), "", f"total cost: {usd(total.total)}"]
    parts.append(f"  {_by_class(total)}")
    if inquiry.shell.semantics.web_searches and found.searches.count:
        searches = "web search" if found.searches.count == 1 else "web searches"
        parts.append(f"  besides: {usd(found.searches.fees)} for {locale_text(found.searches.count)} {searches}")
    parts.append("")
    if found.savings.calls:
        parts += [savings_line(found.savings), ""]
    if inquiry.shell.semantics.stop_reasons:
        parts += [_endings(found.stop_reasons), ""]
    for line in (_partial_line(found.rows), _fidelity_line(found.fidelity)):
        if line:
            parts += [line, ""]
    return parts


def _by_class(total: CostSums) -> str:
    return " / ".join(f"{name} {usd(getattr(total, count))}" for name, count in zip(_NAMES, _COUNTS, strict=True))


def _cells(row: SpendingRow) -> list[str]:
    usage = row.usage
    written = plus(usage.cache_create_5m, usage.cache_create_1h)
    values = (usage.input, usage.output, usage.reasoning, usage.cache_read, written)
    tokens = [_token_cell(value, row, count) for value, count in zip(values, _COUNTS, strict=True)]
    return [row.label, locale_text(row.turns), *tokens, usd(row.cost.total)]


def _token_cell(value: Any, row: SpendingRow, count: str) -> str:
    """A count, with a mark where some turns do not report it; a dash where none does."""
    known = getattr(row.coverage, count)
    if known.missing and not known.known:
        return "—"
    text = value if isinstance(value, str) else locale_text(value)
    return f"{text}*" if known.missing else text


def _partial_line(rows: Iterable[SpendingRow]) -> str:
    """How many turns left counts out, where some row knows a count of only a part of its turns."""
    rows = list(rows)
    cells = [getattr(row.coverage, count) for row in rows for count in _COUNTS]
    if not any(cell.known and cell.missing for cell in cells):
        return ""
    missing = max(sum(getattr(row.coverage, count).missing for row in rows) for count in _COUNTS)
    turns = sum(row.coverage.input.known + row.coverage.input.missing for row in rows)
    return f"* partial coverage: {locale_text(missing)} of {locale_text(turns)} turns omitted per-turn token data"


def _fidelity_line(fidelity: FidelitySummary) -> str:
    counts = {name: fidelity.by_class.get(name) or 0 for name in _FIDELITY_ORDER} | {"unknown": fidelity.unknown}
    if not any(count for name, count in counts.items() if name != "full"):
        return ""
    told = " / ".join(f"{number_text(count)} {name}" for name, count in counts.items() if count)
    return f"fidelity: {told} (use --json for per-field coverage)"


def _endings(counts: StopReasonCounts) -> str:
    always = (
        f"{locale_text(counts.end_turn)} end_turn, {locale_text(counts.max_tokens)} max_tokens, "
        f"{locale_text(counts.refusal)} refusal, {locale_text(counts.pause_turn)} pause"
    )
    some = [f"{locale_text(count)} {name}" for name in _ENDINGS if (count := getattr(counts, name))]
    return f"Turn outcomes: {', '.join([always, *some])}"


def _without_last_blank(parts: Sequence[Part]) -> Sequence[Part]:
    """A report ends with its last line; the one empty line after it is the end of the text."""
    return parts[:-1] if parts and parts[-1] == "" else parts
