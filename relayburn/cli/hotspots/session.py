"""`burn hotspots --session ID`: one session in detail (cli.md 9.1).

In: a `Shell` and a session's id. Out: its cost, patterns of waste, relationships, the chronology of its tool results, and its
dearest files, commands and subagents, for people or as JSON; exit code 1 where it has no turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relayburn.analyze.coverage import covered_turns
from relayburn.analyze.fidelity import summarize_fidelity
from relayburn.analyze.hotspot_report import HotspotReport, hotspot_report, rollup
from relayburn.analyze.patterns.detect import Patterns, SessionSummary, detect_patterns
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.result_sizes import measured_by_session
from relayburn.analyze.soundness import is_sound
from relayburn.analyze.tool_results import ToolResultStatus, tool_result_statuses
from relayburn.cli.formats import counted, json_text, plural, usd
from relayburn.cli.hotspots.looking import reading_of
from relayburn.cli.hotspots.pattern_tables import SESSION_TABLES
from relayburn.cli.hotspots.session_tables import SESSION_ROLLUPS, chronology_rows, relationship_rows
from relayburn.cli.loading import ingest_first, load_prices
from relayburn.cli.progress import Progress, progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.cli.unpriced import warn_of_unpriced
from relayburn.jsjson import as_doubles
from relayburn.jsnum import locale_text
from relayburn.ledger.identity import Wire
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import summarize_unpriced
from relayburn.records import SessionRelationshipRecord, ToolResultEventRecord, TurnRecord, from_wire, to_wire
from relayburn.sdk.reading import Reading
from relayburn.sdk.session_links import events_of_relatives, relationships_of

NOT_FOUND = 1
MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class _Diagnosis:
    """All that is told of a session."""

    session_id: str
    turns: Sequence[TurnRecord]
    prices: PriceTable
    report: HotspotReport
    patterns: Patterns
    relationships: list[Wire]
    events: list[Wire]

    @property
    def result_events(self) -> list[ToolResultEventRecord]:
        """The tool result events of the session and of those linked to it, as records."""
        return _records(self.events)

    @property
    def summary(self) -> SessionSummary | None:
        """What the detectors found, None for nothing."""
        return next((row for row in self.patterns.session_summaries if row.session_id == self.session_id), None)


def show_session(shell: Shell, session: str) -> int:
    """The session for people."""
    found = _diagnosis(shell, session)
    if found is None:
        return NOT_FOUND
    write_report(shell, [*_head(found), *_tables(found)])
    warn_of_unpriced(shell, summarize_unpriced(found.turns, found.prices, semantics=shell.semantics).models)
    return 0


def show_session_json(shell: Shell, session: str) -> int:
    """The session as JSON."""
    found = _diagnosis(shell, session)
    if found is None:
        return NOT_FOUND
    totals = next((total for total in found.report.sessions if total.session_id == session), None)
    wire = {
        "sessionId": session,
        "turnsAnalyzed": len(found.turns),
        "totals": to_wire(totals),
        "patterns": found.patterns.to_wire(),
        **{table.key: to_wire(rollup(found.report, table.group_by)[:MOST_ROWS]) for table in SESSION_ROLLUPS},
        "relationships": found.relationships,
        "toolResultEvents": found.events,
        "toolResultStatusBySession": to_wire(tool_result_statuses(found.result_events)),
    }
    shell.say(json_text(as_doubles(wire)))
    warn_of_unpriced(shell, summarize_unpriced(found.turns, found.prices, semantics=shell.semantics).models)
    return 0


def _diagnosis(shell: Shell, session: str) -> _Diagnosis | None:
    progress = progress_of(shell)
    ingest_first(shell, progress)
    prices = load_prices(shell, progress)
    reading = reading_of(shell)
    query = LedgerQuery(session_id=session)
    with progress.task("reading session turns") as tell:
        turns = reading.recorded_turns(query)
        tell(f"read {counted(len(turns), 'session turn')}")
    if not turns:
        shell.tell(f"burn hotspots --session: no turns found for session {session}")
        return None
    return _examined(reading, progress, prices, session, turns)


def _examined(
    reading: Reading, progress: Progress, prices: PriceTable, session: str, turns: list[TurnRecord]
) -> _Diagnosis:
    query = LedgerQuery(session_id=session)
    with progress.task("reading session compactions") as tell:
        compactions = reading.compactions(query)
        tell(f"read {counted(len(compactions), 'compaction event')}")
    with progress.task("reading session relationships") as tell:
        relationships = relationships_of(reading, session)
        tell(f"read {counted(len(relationships), 'relationship')}")
    with progress.task("reading tool-result events") as tell:
        events = events_of_relatives(reading, session, relationships)
        tell(f"read {counted(len(events), 'tool-result event')}")
    with progress.task("reading session content") as tell:
        content = reading.content(session)
        tell(f"read {counted(len(content), 'content record')}")
    with progress.task("reading user turns") as tell:
        user_turns = reading.user_turns(query)
        tell(f"read {counted(len(user_turns), 'user turn')}")
    with progress.task("attributing hotspots") as tell:
        report = hotspot_report(
            covered_turns(turns, ()),
            summarize_fidelity(turns),
            prices,
            semantics=reading.semantics,
            measured=measured_by_session(user_turns),
            content_by_session={session: content},
        )
        tell("attributed hotspots")
    with progress.task("detecting session patterns") as tell:
        evidence = Evidence(
            turns=turns,
            table=prices,
            semantics=reading.semantics,
            compactions=compactions,
            user_turns_by_session={session: user_turns},
            content_by_session={session: content},
            tool_result_events=_records(events),
        )
        patterns = detect_patterns(evidence)
        tell("detected session patterns")
    return _Diagnosis(session, turns, prices, report, patterns, relationships, events)


def _records(events: Sequence[Wire]) -> list[ToolResultEventRecord]:
    """The events that can be analysed."""
    records = (from_wire(ToolResultEventRecord, event) for event in events)
    return [record for record in records if is_sound(record)]


def _head(found: _Diagnosis) -> Iterator[str]:
    yield ""
    yield f"session: {found.session_id}"
    yield f"turns: {locale_text(len(found.turns))}"
    statuses = tool_result_statuses(found.result_events)
    if statuses:
        yield _results_line(statuses)
    report = found.report
    yield (
        f"cost: {usd(report.grand_total)} (attributed {usd(report.attributed_total)}, "
        f"unattributed {usd(report.unattributed_total)})"
    )
    yield from _patterns_lines(found.summary)


def _results_line(statuses: Sequence[ToolResultStatus]) -> str:
    calls, errored = (sum(getattr(row, field) for row in statuses) for field in ("tool_calls", "errored"))
    across = f" across {locale_text(len(statuses))} linked sessions" if len(statuses) > 1 else ""
    completed, cancelled, unknown = (
        locale_text(sum(getattr(row, field) for row in statuses)) for field in ("completed", "cancelled", "unknown")
    )
    return (
        f"tool results: {locale_text(errored)} of {locale_text(calls)} tool call{plural(calls)} errored{across} "
        f"(completed {completed}, cancelled {cancelled}, unknown {unknown})"
    )


_COUNTED = (
    ("cancellation-run", "cancellations"),
    ("compaction-loss", "compactions"),
    ("edit-revert", "edit-reverts"),
    ("edit-heavy", "edit-heavy"),
    ("skill-recall-dup", "skill-recall-dups"),
    ("skill-pruning-protection", "skill-pruning"),
    ("system-prompt-tax", "system-prompt-tax"),
)


def _patterns_lines(summary: SessionSummary | None) -> Iterator[str]:
    if summary is None:
        yield "patterns: none detected"
        return
    counts = summary.counts
    parts = [
        f"{counts['retry-loop']} retry-loops",
        f"{counts['failure-run']} failure-runs (max {summary.longest_failure_run})",
        *(f"{counts[kind]} {name}" for kind, name in _COUNTED),
    ]
    yield f"patterns: {', '.join(parts)}"
    yield f"pattern cost: {usd(summary.total_cost)}"


def _tables(found: _Diagnosis) -> Iterator[Part]:
    if found.relationships:
        relationships = [from_wire(SessionRelationshipRecord, row) for row in found.relationships]
        yield from ("", "Session relationships", Table(relationship_rows(relationships)))
    if found.events:
        yield from ("", "Tool result chronology", Table(chronology_rows(found.result_events)))
    for table in SESSION_TABLES:
        results = found.patterns.results[table.kind]
        yield from ("", table.session_title, Table(table.session_rows(results)) if results else "  (none)")
    for top in SESSION_ROLLUPS:
        rows = rollup(found.report, top.group_by)[:MOST_ROWS]
        yield from ("", top.title, Table(top.rows(rows)) if rows else "  (none)")
