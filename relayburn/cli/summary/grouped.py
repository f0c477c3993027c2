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
from relayburn.analyze.provider import UNKNOWN, provider_for
from relayburn.analyze.quality import Quality
from relayburn.analyze.spending import CostSums, SpendingRow, total_cost
from relayburn.analyze.stop_reason_counts import StopReasonCounts
from relayburn.cli.formats import json_text, plural, usd
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.summary.inquiry import Inquiry, Stamped
from relayburn.cli.summary.parts import savings_line, savings_wire, unpriced_wire, warn_of_unpriced
from relayburn.cli.summary.quality import quality_lines, quality_of
from relayburn.ingest.report import IngestReport
from relayburn.jsnum import locale_text, number_text
from relayburn.pricing.ids import id_text
from relayburn.records import to_wire

UNSET_TAG = "(unset)"

_COUNTS = ("input", "output", "reasoning", "cache_read", "cache_create")
_NAMES = ("input", "output", "reasoning", "cacheRead", "cacheCreate")
_FIDELITY_ORDER = ("full", "usage-only", "aggregate-only", "cost-only", "partial")
_ENDINGS = ("tool_use", "stop_sequence", "silent", "none")
"""Ways to end a turn that are told of only where there are some."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What turns are grouped by: its name, the head of its column, and the label of a turn."""

    name: str
    header: str
    label: Callable[[Stamped], str]
    arranged: Callable[[list[dict[str, Any]]], dict[str, Any]]
    """The rows, as JSON has them."""
    row_key: str


def _model(stamped: Stamped) -> str:
    return id_text(stamped.turn.model) or UNKNOWN


def _provider(stamped: Stamped) -> str:
    return provider_for(stamped.turn).provider or UNKNOWN


BY_MODEL = Grouping("model", "model", _model, lambda rows: {"byModel": rows}, "model")
BY_PROVIDER = Grouping("provider", "provider", _provider, lambda rows: {"byProvider": rows}, "provider")


def by_tag(key: str) -> Grouping:
    """By the value that stamps give to `key`."""

    def label(stamped: Stamped) -> str:
        value = stamped.enrichment.get(key)
        return UNSET_TAG if value is None else id_text(value) or UNKNOWN

    return Grouping("tag", f"tag:{key}", label, lambda rows: {"byTag": {"key": key, "rows": rows}}, "value")


def show_as_table(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups, for people."""
    found = _overview(inquiry, grouping)
    if not found.turns:
        return _show_nothing(inquiry)
    write_report(inquiry.shell, _without_last_blank(_report(inquiry, grouping, found)))
    warn_of_unpriced(inquiry.shell, found.unpriced)
    return 0


def show_with_quality(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups, for people, and how the sessions ended."""
    stamped = inquiry.stamped_turns()
    found = _overview_of(stamped, inquiry, grouping)
    if not found.turns:
        return _show_nothing(inquiry)
    quality: Quality = quality_of(inquiry, [turn for turn, _ in stamped])
    parts = [*_report(inquiry, grouping, found), *quality_lines(quality), ""]
    write_report(inquiry.shell, _without_last_blank(parts))
    warn_of_unpriced(inquiry.shell, found.unpriced)
    return 0


def show_as_json(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups as one JSON object."""
    inquiry.shell.say(json_text(_wire(inquiry, grouping, _overview(inquiry, grouping))))
    return 0


def show_with_quality_as_json(inquiry: Inquiry, grouping: Grouping) -> int:
    """The groups as one JSON object, and in it how each session ended (after-1x-surface.md 6)."""
    stamped = inquiry.stamped_turns()
    answer = _wire(inquiry, grouping, _overview_of(stamped, inquiry, grouping))
    quality = quality_of(inquiry, [turn for turn, _ in stamped])
    inquiry.shell.say(json_text(answer | {"quality": to_wire(quality)}))
    return 0


def ingest_wire(ingested: IngestReport) -> dict[str, int]:
    """What was ingested before the report."""
    return {"ingestedSessions": ingested.ingested_sessions, "appendedTurns": ingested.appended_turns}


def _wire(inquiry: Inquiry, grouping: Grouping, found: Overview) -> dict[str, Any]:
    semantics = inquiry.shell.semantics
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
        **unpriced_wire(inquiry.shell, found.unpriced),
    }


def _overview(inquiry: Inquiry, grouping: Grouping) -> Overview:
    return _overview_of(inquiry.stamped_turns(), inquiry, grouping)


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
    parts += [f"  {_by_class(total)}", ""]
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
    written: Any = usage.cache_create_5m + usage.cache_create_1h
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
