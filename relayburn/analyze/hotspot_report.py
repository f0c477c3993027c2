"""Where the money of sessions went, rolled up every way: by session, file, shell command, verb and subagent.

In: turns by whether their source tells of tool calls and results, what went back to the model, prices. Out: one report with
totals in US dollars (cli.md 8.1, sdk.md 9.1). Under `report_unpriced` turns without a price are counted and named.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET, UnsetType

from relayburn.analyze.coverage import TOOL_CALLS, TOOL_RESULT_EVENTS, CoveredTurns
from relayburn.analyze.fidelity import FidelitySummary
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
from relayburn.analyze.hotspots import EVEN_SPLIT, SessionHotspots, attribute_measured
from relayburn.pricing.table import PriceTable
from relayburn.pricing.unpriced import UnpricedModel, summarize_unpriced
from relayburn.reader.bash import parse_bash_command
from relayburn.records import ContentRecord, OptionalText, Record
from relayburn.semantics import Semantics

ATTRIBUTION = "attribution"
ATTRIBUTION_COVERAGE = (TOOL_CALLS, TOOL_RESULT_EVENTS)
"""What a source must tell of for its turns to be attributed."""


class HotspotFidelity(Record, kw_only=True):
    """How many turns were looked at and how many left out, and what the sources of all of them told."""

    analyzed: int
    excluded: int
    summary: FidelitySummary
    refused: bool = False


class HotspotReport(Record, kw_only=True):
    """All roll-ups, dearest first, with totals in US dollars; `refused` where no turn could be looked at.

    `unpriced_turns` and `unpriced_models` tell of turns that no price is known for, which cost 0 here; under ts-1.10 they
    are absent.
    """

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
    unpriced_turns: int | UnsetType = UNSET
    unpriced_models: list[UnpricedModel] | UnsetType = UNSET

    @property
    def even_split_sessions(self) -> int:
        """How many sessions have no sized tool results, so that calls share what the next turn took in."""
        return sum(total.attribution_method == EVEN_SPLIT for total in self.sessions)


def hotspot_report(
    covered: CoveredTurns,
    summary: FidelitySummary,
    table: PriceTable,
    *,
    semantics: Semantics,
    measured: Mapping[Hashable, Mapping[str, float]],
    content_by_session: Mapping[Any, Iterable[ContentRecord]] | None = None,
) -> HotspotReport:
    """The report of the turns that are `covered`; `summary` is of those that are left out, too.

    `measured` are the sizes of tool results that user turns tell, in tokens, by session and tool use id.
    """
    turns = covered.turns
    found = attribute_measured(turns, measured, table, semantics=semantics, content_by_session=content_by_session)
    rows = found.attributions
    report = HotspotReport(
        turns_analyzed=len(turns),
        grand_total=found.grand_total,
        attributed_total=found.attributed_total,
        unattributed_total=found.unattributed_total,
        attribution_degraded=False,
        sessions=found.session_totals,
        files=aggregate_by_file(rows),
        bash_verbs=aggregate_by_bash_verb(rows, parse_bash_command),
        bash=aggregate_by_bash(rows),
        subagents=aggregate_by_subagent(rows),
        fidelity=HotspotFidelity(
            analyzed=len(turns), excluded=covered.excluded_count, summary=summary, refused=covered.refused
        ),
    )
    report.attribution_degraded = bool(report.sessions) and report.even_split_sessions * 2 >= len(report.sessions)
    if semantics.report_unpriced:
        unpriced = summarize_unpriced(turns, table, semantics=semantics)
        report.unpriced_turns, report.unpriced_models = unpriced.turns, unpriced.models
    return report


GROUPINGS = (ATTRIBUTION, "bash", "bash-verb", "file", "subagent")
"""The whole report, or one of its roll-ups."""


def rollup(report: HotspotReport, group_by: str) -> Sequence[Rollup]:
    """The rows of one grouping of `report`, which is not the whole."""
    rows: dict[str, Sequence[Rollup]] = {
        "bash": report.bash,
        "bash-verb": report.bash_verbs,
        "file": report.files,
        "subagent": report.subagents,
    }
    return rows[group_by]
