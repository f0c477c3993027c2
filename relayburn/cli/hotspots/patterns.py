"""`burn hotspots --patterns` and `--findings`: patterns of waste (cli.md 8.2).

In: a `Shell`, filters, and the kinds of waste that are asked for. Out: a table for each kind, one list of findings, or everything
as JSON; exit code 2 where no source tells what any of the detectors needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from relayburn.analyze.coverage import CoveredTurns
from relayburn.analyze.fidelity import FidelitySummary, summarize_fidelity
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.patterns.table import PATTERN_DETECTORS
from relayburn.analyze.waste_report import CANCELLATIONS, DETECTOR, WastePlan, WasteSearch, plan_waste
from relayburn.cli.formats import json_text, shortened, usd
from relayburn.cli.hotspots.coverage_text import analyzed_of, clauses_text, coverage_names, sources_text
from relayburn.cli.hotspots.evidence import gathered, look_for_bloat, look_for_ghosts
from relayburn.cli.hotspots.looking import Filters, look
from relayburn.cli.hotspots.pattern_tables import ABSENT, pattern_tables, short_session
from relayburn.cli.hotspots.rollup_tables import Lists
from relayburn.cli.hotspots.selection import selected_kinds
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.cli.unpriced import warn_of_unpriced
from relayburn.jsjson import as_doubles
from relayburn.jsnum import locale_text
from relayburn.pricing.unpriced import summarize_unpriced
from relayburn.records import UNSET, to_wire

REFUSED = 2
TITLE_UNITS = 80

_OTHER_KINDS = ("tool-output-bloat", "tool-call-pattern", "ghost-surface", "unpriced-usage")
_LISTS = (*(row.kind for row in PATTERN_DETECTORS), *_OTHER_KINDS)
"""The kinds in the order of their lists in JSON."""

_REFUSED_LISTS = (*_LISTS[:5], "edit-heavy", *(kind for kind in _LISTS[5:] if kind != "edit-heavy"))
"""The same where nothing could be looked at."""


@dataclass(frozen=True, slots=True)
class _Waste:
    """The search and what it looked at; `names` are what the kinds are called."""

    search: WasteSearch
    summary: FidelitySummary
    names: dict[str, str]

    @property
    def plan(self) -> WastePlan:
        """Who looked where."""
        return self.search.plan

    @property
    def refusal(self) -> str | None:
        """Why nothing could be looked for, None where something could or there is nothing to look at."""
        if not self.plan.refused:
            return None
        return "\n".join(
            (
                "burn hotspots --patterns: no selected detectors can run on this slice.",
                *(
                    f"  {self.names[kind]}: {covered.excluded_count}/{covered.excluded_count} turns lack "
                    f"{coverage_names(covered.required, ' + ')} (sources: {sources_text(covered.excluded)})"
                    for kind, covered in self.plan.covered.items()
                ),
                "No pattern analysis was performed.",
            )
        )


def show_patterns(shell: Shell, filters: Filters, patterns: str, rows_of: Lists) -> int:
    """A table for each kind; `patterns` lists kinds, comma by comma, or is empty for all; `rows_of` cuts each table."""
    waste = _waste(shell, filters, patterns)
    if waste.refusal is not None:
        shell.tell(waste.refusal)
        return REFUSED
    write_report(shell, [*_head(waste), *_tables(shell, waste, rows_of)])
    _warn_of_unpriced(shell, waste)
    return 0


def show_findings(shell: Shell, filters: Filters, patterns: str) -> int:
    """All findings in one table, the most severe first."""
    waste = _waste(shell, filters, patterns)
    if waste.refusal is not None:
        shell.tell(waste.refusal)
        return REFUSED
    write_report(shell, list(_findings(waste)))
    _warn_of_unpriced(shell, waste)
    return 0


def show_patterns_json(shell: Shell, filters: Filters, patterns: str) -> int:
    """Everything as JSON."""
    waste = _waste(shell, filters, patterns)
    if waste.refusal is None:
        shell.say(json_text(_wire(shell, waste)))
        _warn_of_unpriced(shell, waste)
        return 0
    shell.say(json_text(_refused_wire(shell, waste) | {"refusalReason": waste.refusal}))
    shell.tell(waste.refusal)
    return REFUSED


def _warn_of_unpriced(shell: Shell, waste: _Waste) -> None:
    evidence = waste.search.evidence
    warn_of_unpriced(shell, summarize_unpriced(evidence.turns, evidence.table, semantics=shell.semantics).models)


def _waste(shell: Shell, filters: Filters, patterns: str) -> _Waste:
    found = look(shell, filters)
    plan = plan_waste(found.turns, selected_kinds(patterns, shell.semantics))
    names = {table.kind: table.name for table in pattern_tables(shell.semantics)}
    summary = summarize_fidelity(found.turns)
    if plan.refused:
        nothing = Evidence(turns=(), table=found.prices, semantics=shell.semantics)
        return _Waste(WasteSearch(plan, nothing), summary, names)
    search = WasteSearch(plan, gathered(found, plan))
    look_for_bloat(shell, found, search)
    look_for_ghosts(shell, found, search)
    search.look_for_all()
    return _Waste(search, summary, names)


def _head(waste: _Waste) -> Iterator[str]:
    plan, summaries = waste.plan, waste.search.session_summaries()
    yield ""
    yield f"turns analyzed: {locale_text(plan.turns_analyzed)}"
    for kind, covered in plan.covered.items():
        if covered.excluded:
            needs = coverage_names(covered.required, " + ")
            reason = f"(needs {needs}; {clauses_text(covered.excluded)})"
            yield f"{waste.names[kind]}: {analyzed_of(covered)} excluded {reason}"
    total = sum(summary.total_cost for summary in summaries)
    yield f"sessions with patterns: {locale_text(len(summaries))}  /  total pattern cost: {usd(total)}"


def _tables(shell: Shell, waste: _Waste, rows_of: Lists) -> Iterator[Part]:
    results = waste.search.results
    for table in pattern_tables(shell.semantics):
        found = results.get(table.kind, [])
        if table.kind not in waste.plan.covered and not (table.kind == CANCELLATIONS and found):
            continue
        rows = rows_of(table.ranked(found))
        yield from ("", table.title, Table(table.rows(rows)) if rows else "  (none)")


def _findings(waste: _Waste) -> Iterator[Part]:
    findings = waste.search.findings()
    yield ""
    yield f"turns analyzed: {locale_text(waste.plan.turns_analyzed)}"
    yield f"findings: {locale_text(len(findings))}"
    yield ""
    if findings:
        rows = [["severity", "kind", "session", "usd", "title"]]
        for finding in findings:
            saved = finding.estimated_savings.usd_per_session
            amount = ABSENT if saved is UNSET else usd(saved)
            title = shortened(finding.title, TITLE_UNITS)
            rows.append([finding.severity, finding.kind, short_session(finding.session_id), amount, title])
        yield Table(rows)
    else:
        yield "  (no hotspot findings)"


def _wire(shell: Shell, waste: _Waste) -> dict[str, Any]:
    search, summary = waste.search, waste.summary
    analyzed = waste.plan.turns_analyzed
    found = {DETECTOR[kind].results: search.results.get(kind, []) for kind in _listed(shell, _LISTS)}
    return {
        "turnsAnalyzed": analyzed,
        **{key: as_doubles(to_wire(results)) for key, results in found.items()},
        "sessionSummaries": [summary.to_wire() for summary in search.session_summaries()],
        "findings": as_doubles(to_wire(search.findings())),
        "fidelity": {
            "analyzed": analyzed,
            "excluded": summary.total - analyzed,
            "summary": to_wire(summary),
            "refused": False,
            "perDetector": _per_detector(waste),
        },
    }


def _refused_wire(shell: Shell, waste: _Waste) -> dict[str, Any]:
    empty = {DETECTOR[kind].results: [] for kind in _listed(shell, _REFUSED_LISTS)}
    return {
        "turnsAnalyzed": 0,
        **empty,
        "sessionSummaries": [],
        "findings": [],
        "fidelity": {
            "analyzed": 0,
            "excluded": waste.summary.total,
            "summary": to_wire(waste.summary),
            "refused": True,
            "perDetector": _per_detector(waste),
        },
    }


def _listed(shell: Shell, kinds: tuple[str, ...]) -> list[str]:
    known = {table.kind for table in pattern_tables(shell.semantics)}
    return [kind for kind in kinds if kind in known]


def _per_detector(waste: _Waste) -> list[dict[str, Any]]:
    return [_detector_wire(waste.names[kind], covered) for kind, covered in waste.plan.covered.items()]


def _detector_wire(name: str, covered: CoveredTurns) -> dict[str, Any]:
    wire: dict[str, Any] = {
        "kind": name,
        "analyzed": len(covered.turns),
        "excluded": covered.excluded_count,
        "refused": covered.refused,
        "required": list(covered.required),
    }
    return wire | {"excludedBySource": to_wire(covered.excluded)} if covered.excluded else wire
