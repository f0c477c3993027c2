"""`burn hotspots --session`, no session named: what the logs do not tell (cli.md 9.2).

In: a `Shell`. Out: by harness, how many sessions lack the results of their tool calls; and how many sessions are subagents of
which only the environment tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from relayburn.analyze.capture_gaps import CaptureGap, Drift, capture_gaps, relationship_drift
from relayburn.cli.formats import counted, json_text
from relayburn.cli.hotspots.looking import reading_of
from relayburn.cli.loading import ingest_first
from relayburn.cli.progress import progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.jsnum import locale_text, to_fixed
from relayburn.ledger import query as ledger
from relayburn.ledger.config import load_config
from relayburn.ledger.content import read_content
from relayburn.ledger.query import EVERYTHING
from relayburn.records import SessionRelationshipRecord, from_wire, to_wire

FULL = "full"


@dataclass(frozen=True, slots=True)
class _Capture:
    """What is told of all sessions; `mode` is what is stored of their content."""

    mode: str
    gaps: list[CaptureGap]
    drift: list[Drift]


def show_gaps(shell: Shell, *, explained: bool) -> int:
    """The report for people; `explained` lists the sessions whose relationships have drifted."""
    found = _capture(shell)
    parts = list(_gaps(found))
    if found.gaps:
        parts += ["", "Relationship attribution drift", f"  sessions: {locale_text(len(found.drift))}"]
        if explained:
            parts.append(_drift(found.drift))
    write_report(shell, parts)
    return 0


def show_gaps_json(shell: Shell, *, explained: bool) -> int:
    """The report as JSON."""
    found = _capture(shell)
    details = {"details": to_wire(found.drift)} if explained else {}
    shell.say(
        json_text(
            {
                "adapters": to_wire(found.gaps),
                "contentMode": found.mode,
                "relationshipDrift": {"sessions": len(found.drift), **details},
            }
        )
    )
    return 0


def _capture(shell: Shell) -> _Capture:
    progress = progress_of(shell)
    ingest_first(shell, progress)
    with progress.task("loading burn configuration") as tell:
        mode = load_config(shell.home, shell.tell).store
        tell("loaded burn configuration")
    reading = reading_of(shell)
    with progress.task("reading ledger turns") as tell:
        turns = reading.recorded_turns(EVERYTHING)
        tell(f"read {counted(len(turns), 'turn')}")
    with progress.task("reading session relationships") as tell:
        rows = ledger.query_relationships(shell.home, semantics=shell.semantics)
        tell(f"read {counted(len(rows), 'relationship')}")
    relationships = [from_wire(SessionRelationshipRecord, row) for row in rows]

    def has_results(session_id: str) -> bool:
        return any(record.get("kind") == "tool_result" for record in read_content(shell.home, session_id))

    gaps = capture_gaps(turns, has_results if mode == FULL else None)
    return _Capture(mode, gaps, relationship_drift(turns, relationships))


def _gaps(found: _Capture) -> Iterator[Part]:
    yield ""
    yield "Content-capture gaps by adapter"
    if not found.gaps:
        yield "  (no sessions in ledger)"
    elif found.mode == FULL:
        header = ["adapter", "sessions", "withToolCalls", "gapped", "orphanToolCalls", "degraded%"]
        yield Table([header, *([*_counts(gap), *_gap(gap)] for gap in found.gaps)])
    else:
        yield (f"  content store is {found.mode}; gap signal unavailable. Set RELAYBURN_CONTENT_STORE=full to enable.")
        yield Table([["adapter", "sessions", "withToolCalls"], *(_counts(gap) for gap in found.gaps)])


def _counts(gap: CaptureGap) -> list[str]:
    return [gap.adapter, locale_text(gap.sessions), locale_text(gap.sessions_with_tool_calls)]


def _gap(gap: CaptureGap) -> list[str]:
    figures = (gap.gapped_sessions or 0, gap.orphan_tool_calls or 0)
    return [*map(locale_text, figures), f"{to_fixed(gap.degraded_pct or 0, 1)}%"]


def _drift(drift: list[Drift]) -> Part:
    if not drift:
        return "  (none)"
    header = ["session", "adapter", "reason", "envParentAgentId"]
    return Table([header, *([row.session_id, row.adapter, row.reason, row.env_parent_agent_id] for row in drift)])
