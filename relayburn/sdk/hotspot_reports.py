"""Where the money went inside sessions: tool results that were carried along, and patterns of waste (sdk.md 9).

In: a home and what to look at. Out: what tool results cost, in one of several roll-ups; or findings of the detectors that
are asked for. Turns whose source does not tell of tool calls and their results are left out, and said to be.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from relayburn.analyze.fidelity import FidelitySummary, summarize_fidelity
from relayburn.analyze.findings import WasteFinding
from relayburn.analyze.hotspot_rollups import (
    BashHotspot,
    BashVerbHotspot,
    FileHotspot,
    Rollup,
    SubagentHotspot,
    aggregate_by_bash,
    aggregate_by_bash_verb,
    aggregate_by_file,
    aggregate_by_subagent,
)
from relayburn.analyze.hotspots import EVEN_SPLIT, Hotspots, SessionHotspots, attribute_hotspots
from relayburn.analyze.sessions import by_session
from relayburn.errors import InvalidOption
from relayburn.jsjson import compact, truthy
from relayburn.ledger.query import LedgerQuery
from relayburn.reader.bash import parse_bash_command
from relayburn.records import OptionalText, Record, TurnRecord
from relayburn.sdk.places import HomeLike, folder_of, home_of
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.sdk.since import normalized_since
from relayburn.semantics import CURRENT, Semantics

ATTRIBUTION = "attribution"
FINDINGS = "findings"
GROUPINGS = (ATTRIBUTION, "bash", "bash-verb", "file", "subagent")


class HotspotFidelity(Record, kw_only=True):
    """How many turns were looked at and how many left out, and what the sources of all of them told."""

    analyzed: int
    excluded: int
    summary: FidelitySummary
    refused: bool = False


class HotspotReport(Record, kw_only=True):
    """All roll-ups, dearest first, with totals in US dollars; `refused` where no turn could be looked at."""

    kind: str = ATTRIBUTION
    turns_analyzed: int
    grand_total: float
    attributed_total: float
    unattributed_total: float
    attribution_degraded: bool
    sessions: list[SessionHotspots]
    files: list[FileHotspot]
    bash_verbs: list[BashVerbHotspot]
    bash: list[BashHotspot]
    subagents: list[SubagentHotspot]
    fidelity: HotspotFidelity
    refused: bool | UnsetType = UNSET
    refusal_reason: OptionalText = UNSET


class HotspotRows(Record, kw_only=True):
    """One roll-up; `kind` says which."""

    kind: str
    rows: Sequence[Rollup]
    refused: bool | UnsetType = UNSET
    refusal_reason: OptionalText = UNSET


class HotspotFindings(Record, kw_only=True):
    """What the detectors found, and what the sources of the turns told."""

    kind: str = FINDINGS
    findings: list[WasteFinding]
    summary: FidelitySummary


def hotspots(
    home: HomeLike = None,
    *,
    session: str | None = None,
    project: str | None = None,
    since: str | None = None,
    group_by: str = ATTRIBUTION,
    patterns: Sequence[str] = (),
    cwd: str | os.PathLike[str] | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> HotspotReport | HotspotRows | HotspotFindings:
    """Where the money of a session, a project (or its key) or a time went.

    `patterns` names detectors and asks for their findings; else `group_by` is one of `GROUPINGS`. `cwd` is where project
    settings are looked for. Raises `InvalidOption`, `HomeUnreadable`, `UnsupportedStorage`, and for findings `SurfaceUnreadable`.
    """
    reading = Reading(home_of(home), semantics, on_log)
    if not patterns and group_by not in GROUPINGS:
        raise InvalidOption(f"invalid hotspots groupBy: {compact(group_by)} (expected one of: {', '.join(GROUPINGS)})")
    query = LedgerQuery(
        since=normalized_since(reading.home, since), session_id=session or None, project=project or None
    )
    turns = reading.turns(query)
    summary = summarize_fidelity(turns)
    if patterns:
        from relayburn.sdk.waste import wanted_findings

        found = wanted_findings(reading, turns, query, patterns, folder_of(cwd))
        return HotspotFindings(findings=found, summary=summary)
    report = _report(reading, turns, query, summary)
    return report if group_by == ATTRIBUTION else _narrowed(report, group_by)


def _report(
    reading: Reading, turns: Sequence[TurnRecord], query: LedgerQuery, summary: FidelitySummary
) -> HotspotReport:
    eligible = [turn for turn in turns if _is_eligible(turn)]
    refused = bool(turns) and not eligible
    found = _attributed(reading, eligible, query)
    rows = found.attributions
    sessions = found.session_totals
    degraded = sum(total.attribution_method == EVEN_SPLIT for total in sessions)
    report = HotspotReport(
        turns_analyzed=len(eligible),
        grand_total=found.grand_total,
        attributed_total=found.attributed_total,
        unattributed_total=found.unattributed_total,
        attribution_degraded=bool(sessions) and degraded * 2 >= len(sessions),
        sessions=sessions,
        files=aggregate_by_file(rows),
        bash_verbs=aggregate_by_bash_verb(rows, parse_bash_command),
        bash=aggregate_by_bash(rows),
        subagents=aggregate_by_subagent(rows),
        fidelity=HotspotFidelity(
            analyzed=len(eligible), excluded=len(turns) - len(eligible), summary=summary, refused=refused
        ),
    )
    if refused:
        report.refused = True
        report.refusal_reason = (
            f"{len(turns)}/{len(turns)} turns lack tool-call/tool-result coverage required for hotspots attribution"
        )
    return report


def _attributed(reading: Reading, turns: Sequence[TurnRecord], query: LedgerQuery) -> Hotspots:
    if not turns:
        return Hotspots(attributions=[], session_totals=[])
    # A session's user turns are all needed, but those of other sessions are not.
    wanted = {turn.session_id for turn in turns if isinstance(turn.session_id, str)}
    user_turns = reading.user_turns(LedgerQuery(since=query.since, session_id=query.session_id))
    return attribute_hotspots(
        turns,
        reading.prices(),
        semantics=reading.semantics,
        user_turns_by_session=by_session(each for each in user_turns if each.session_id in wanted),
    )


def _is_eligible(turn: TurnRecord) -> bool:
    fidelity: Any = turn.fidelity
    if not truthy(fidelity):
        return True
    coverage = getattr(fidelity, "coverage", None)
    return truthy(getattr(coverage, "has_tool_calls", None)) and truthy(
        getattr(coverage, "has_tool_result_events", None)
    )


def _narrowed(report: HotspotReport, group_by: str) -> HotspotRows:
    rows: dict[str, Sequence[Rollup]] = {
        "bash": report.bash,
        "bash-verb": report.bash_verbs,
        "file": report.files,
        "subagent": report.subagents,
    }
    return HotspotRows(kind=group_by, rows=rows[group_by], refused=report.refused, refusal_reason=report.refusal_reason)
