"""Where the money went inside sessions: tool results that were carried along, and patterns of waste (sdk.md 9).

In: a home and what to look at. Out: what tool results cost, in one of several roll-ups; or findings of the detectors that
are asked for. Turns whose source does not tell of tool calls and their results are left out, and said to be.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Sequence

from msgspec import UNSET, UnsetType

from relayburn.analyze.coverage import covered_turns
from relayburn.analyze.fidelity import FidelitySummary, summarize_fidelity
from relayburn.analyze.findings import WasteFinding
from relayburn.analyze.hotspot_report import (
    ATTRIBUTION,
    ATTRIBUTION_COVERAGE,
    GROUPINGS,
    HotspotFidelity,
    HotspotReport,
    hotspot_report,
    rollup,
)
from relayburn.analyze.hotspot_rollups import Rollup
from relayburn.analyze.provider import filter_turns_by_provider, provider_names
from relayburn.analyze.result_sizes import measured_by_session
from relayburn.errors import InvalidOption
from relayburn.jsjson import compact
from relayburn.ledger.query import LedgerQuery
from relayburn.records import OptionalText, Record, TurnRecord, UserTurnRecord
from relayburn.sdk.places import HomeLike, folder_of, home_of
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.sdk.since import normalized_since
from relayburn.semantics import CURRENT, Semantics

__all__ = [
    "ATTRIBUTION",
    "FINDINGS",
    "GROUPINGS",
    "HotspotFidelity",
    "HotspotFindings",
    "HotspotReport",
    "HotspotRows",
    "hotspots",
]

FINDINGS = "findings"


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
    workflow: str | None = None,
    provider: Sequence[str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> HotspotReport | HotspotRows | HotspotFindings:
    """Where the money of a session, a project (or its key) or a time went.

    `patterns` names detectors and asks for their findings; else `group_by` is one of `GROUPINGS`. `workflow` is a value of
    stamps, `provider` names those who were paid. `cwd` is where project settings are looked for. Raises `InvalidOption`, `HomeUnreadable`, `UnsupportedStorage`, and for findings `SurfaceUnreadable`.
    """
    reading = Reading(home_of(home), semantics, on_log)
    if not patterns and group_by not in GROUPINGS:
        raise InvalidOption(f"invalid hotspots groupBy: {compact(group_by)} (expected one of: {', '.join(GROUPINGS)})")
    query = LedgerQuery(
        since=normalized_since(reading.home, since),
        session_id=session or None,
        project=project or None,
        enrichment={"workflowId": workflow} if workflow else None,
    )
    turns = filter_turns_by_provider(reading.turns(query), provider_names(provider or ()) or None)
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
    covered = covered_turns(turns, ATTRIBUTION_COVERAGE)
    report = hotspot_report(
        covered,
        summary,
        reading.prices(),
        semantics=reading.semantics,
        measured=_measured(reading, covered.turns, query),
    )
    if covered.refused:
        report.refused = True
        report.refusal_reason = (
            f"{len(turns)}/{len(turns)} turns lack tool-call/tool-result coverage required for hotspots attribution"
        )
    return report


def _measured(reading: Reading, turns: Sequence[TurnRecord], query: LedgerQuery) -> dict[Hashable, dict[str, float]]:
    if not turns:
        return {}
    # A session's user turns are all needed, but those of other sessions are not.
    wanted = {turn.session_id for turn in turns if isinstance(turn.session_id, str)}

    def sizes(found: Iterable[UserTurnRecord]) -> dict[Hashable, dict[str, float]]:
        return measured_by_session(
            each for each in found if isinstance(each.session_id, str) and each.session_id in wanted
        )

    return reading.over_user_turns(LedgerQuery(since=query.since, session_id=query.session_id), sizes)


def _narrowed(report: HotspotReport, group_by: str) -> HotspotRows:
    return HotspotRows(
        kind=group_by, rows=rollup(report, group_by), refused=report.refused, refusal_reason=report.refusal_reason
    )
