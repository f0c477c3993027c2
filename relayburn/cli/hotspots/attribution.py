"""`burn hotspots`: what the results of tool calls cost, by file, command and subagent (cli.md 8.1).

In: a `Shell` and filters. Out: totals and four lists for people, or everything as JSON; exit code 2 where no source tells of
tool calls and their results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.analyze.coverage import CoveredTurns, covered_turns
from relayburn.analyze.fidelity import summarize_fidelity
from relayburn.analyze.hotspot_report import ATTRIBUTION_COVERAGE, HotspotReport, hotspot_report, rollup
from relayburn.cli.formats import json_text, usd
from relayburn.cli.hotspots.coverage_text import analyzed_of, clauses_text, sources_text
from relayburn.cli.hotspots.looking import Filters, look
from relayburn.cli.hotspots.rollup_tables import ROLLUPS, Lists, RollupTable
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.cli.unpriced import warn_of_unpriced
from relayburn.jsnum import locale_text, to_fixed
from relayburn.records import to_wire

REFUSED = 2


@dataclass(frozen=True, slots=True)
class _Attribution:
    """The report, and which turns it is of."""

    report: HotspotReport
    covered: CoveredTurns

    @property
    def refusal(self) -> str | None:
        """Why no turn could be looked at, None where one could or there is none."""
        if not self.covered.refused:
            return None
        count = self.covered.excluded_count
        return (
            f"burn hotspots: {count}/{count} turns lack tool-call/tool-result coverage required for hotspots attribution. "
            f"Sources: {sources_text(self.covered.excluded)}. No hotspots analysis was performed."
        )


def show_attribution(shell: Shell, filters: Filters, rows_of: Lists) -> int:
    """The report for people; `rows_of` cuts each list."""
    return _show(shell, filters, rows_of, ROLLUPS)


def show_rollup(shell: Shell, filters: Filters, rows_of: Lists, group_by: str) -> int:
    """The report for people with one list; `group_by` names it."""
    return _show(shell, filters, rows_of, [table for table in ROLLUPS if table.group_by == group_by])


def _show(shell: Shell, filters: Filters, rows_of: Lists, tables: Sequence[RollupTable]) -> int:
    found = _attribution(shell, filters)
    if found.refusal is not None:
        shell.tell(found.refusal)
        return REFUSED
    write_report(shell, [*_head(found), *_lists(found.report, tables, rows_of)])
    warn_of_unpriced(shell, found.report.unpriced_models)
    return 0


def show_attribution_json(shell: Shell, filters: Filters) -> int:
    """Everything as JSON."""
    return _show_json(shell, filters, _wire)


def show_rollup_json(shell: Shell, filters: Filters, group_by: str) -> int:
    """One list as JSON, as the library gives it."""

    def wire(report: HotspotReport) -> dict[str, Any]:
        refused = {"refused": True} if report.fidelity.refused else {}
        return {"kind": group_by, "rows": to_wire(rollup(report, group_by)), **refused}

    return _show_json(shell, filters, wire)


def _show_json(shell: Shell, filters: Filters, wire: Callable[[HotspotReport], dict[str, Any]]) -> int:
    found = _attribution(shell, filters)
    if found.refusal is None:
        shell.say(json_text(wire(found.report)))
        warn_of_unpriced(shell, found.report.unpriced_models)
        return 0
    shell.say(json_text(wire(found.report) | {"refusalReason": found.refusal}))
    shell.tell(found.refusal)
    return REFUSED


def _wire(report: HotspotReport) -> dict[str, Any]:
    wire = to_wire(report)
    del wire["kind"]
    return wire


def _attribution(shell: Shell, filters: Filters) -> _Attribution:
    found = look(shell, filters)
    covered = covered_turns(found.turns, ATTRIBUTION_COVERAGE)
    eligible = found.of(covered.turns)
    report = hotspot_report(
        covered,
        summarize_fidelity(found.turns),
        found.prices,
        semantics=shell.semantics,
        measured={} if covered.refused else eligible.measured(),
        content_by_session={} if covered.refused else eligible.unread_content(),
    )
    return _Attribution(report, covered)


def _head(found: _Attribution) -> Iterator[str]:
    report, covered = found.report, found.covered
    yield ""
    yield f"turns analyzed: {locale_text(len(covered.turns))}"
    if covered.excluded:
        yield f"{analyzed_of(covered)} excluded for {clauses_text(covered.excluded)}"
    yield f"session grand total: {usd(report.grand_total)}"
    yield from _degraded(report) if report.attribution_degraded else _attributed(report)


def _attributed(report: HotspotReport) -> Iterator[str]:
    yield (
        f"attributed to tool calls: {usd(report.attributed_total)}  /  unattributed (output, system overhead, untracked): "
        f"{usd(report.unattributed_total)}"
    )
    if report.even_split_sessions:
        yield (
            f"note: {locale_text(report.even_split_sessions)}/{locale_text(len(report.sessions))} sessions used even-split "
            "(no user-turn or content sidecar sizes)."
        )


def _degraded(report: HotspotReport) -> Iterator[str]:
    guessed, sessions = report.even_split_sessions, len(report.sessions)
    yield ""
    yield (
        f"⚠ attribution is degraded: {locale_text(guessed)} of {locale_text(sessions)} sessions "
        f"({to_fixed(guessed / sessions * 100, 1)}%) have no sized"
    )
    yield "  tool-result data, so file / bash / subagent costs for those sessions are approximate"
    yield "  (even-split over turn N+1 input/cacheCreate). Run 'burn state rebuild content'"
    yield "  to backfill source-derived sizes, or see 'burn state' for"
    yield "  why capture is disabled."
    yield ""
    yield f"attributed ≈ {usd(report.attributed_total)}  (approximate — see above)"
    yield f"unattributed {usd(report.unattributed_total)}  (output, system overhead, untracked)"


def _lists(report: HotspotReport, tables: Sequence[RollupTable], rows_of: Lists) -> Iterator[Part]:
    for table in tables:
        yield ""
        yield f"{table.title} (approximate)" if report.attribution_degraded else table.title
        rows = rows_of(rollup(report, table.group_by))
        yield Table(table.rows(rows, report)) if rows else f"  ({table.nothing})"
