"""The table of pattern detectors: what each finds, what it needs, which function does it.

A new detector is one new module and one row. Rows stand in the order in which their results are listed and summed up
(patterns.md 2 and 12); `finding_place` is the order of their findings before these are ranked (findings.md 4).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from relayburn.analyze.coverage import RAW_CONTENT, TOOL_CALLS, TOOL_RESULT_EVENTS
from relayburn.analyze.findings import WasteFinding
from relayburn.analyze.patterns.cancellation_runs import CancellationRun, cancellation_run_finding, cancellation_runs
from relayburn.analyze.patterns.compaction_losses import CompactionLoss, compaction_loss_finding, compaction_losses
from relayburn.analyze.patterns.edit_heavy import EditHeavySession, edit_heavy_finding, edit_heavy_sessions
from relayburn.analyze.patterns.edit_reverts import EditRevert, edit_revert_finding, edit_reverts
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.analyze.patterns.failure_runs import FailureRun, failure_run_finding, failure_runs
from relayburn.analyze.patterns.opencode_skills import (
    SkillPruningProtection,
    SkillRecallDup,
    skill_pruning_protection,
    skill_pruning_protection_finding,
    skill_recall_dup_finding,
    skill_recall_dups,
)
from relayburn.analyze.patterns.retry_loops import RetryLoop, retry_loop_finding, retry_loops
from relayburn.analyze.patterns.session import Session
from relayburn.analyze.patterns.system_prompt_tax import SystemPromptTax, system_prompt_tax_finding, system_prompt_taxes
from relayburn.records import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternDetector:
    """One row.

    `kind` is that of its findings, `record` the type of its results; `results` and `count` are the wire keys of its list
    and of its count in a session's summary; `coverage` are the flags that a turn's source must have, `inputs` the fields
    of `Evidence` it reads besides turns and prices; `cost` is what a result adds to its session's total, in USD.
    """

    kind: str
    record: type[Record]
    results: str
    count: str
    coverage: tuple[str, ...]
    inputs: tuple[str, ...]
    detect: Callable[[Evidence], list[Any]]
    finding: Callable[[Any], WasteFinding]
    finding_place: int
    cost: Callable[[Any], float] = attrgetter("cost")


def in_each_session(detect: Callable[[Session], list[Any]]) -> Callable[[Evidence], list[Any]]:
    """A detector that looks at one session at a time."""

    def detect_in_all(evidence: Evidence) -> list[Any]:
        return [result for session in evidence.sessions for result in detect(session)]

    return detect_in_all


def no_cost(_: Record) -> float:
    """For results whose cost is that of the work itself, which nobody would have saved."""
    return 0


PATTERN_DETECTORS = (
    PatternDetector(
        kind="retry-loop",
        record=RetryLoop,
        results="retryLoops",
        count="retryLoopCount",
        coverage=(TOOL_CALLS,),
        inputs=("tool_result_events", "content_by_session"),
        detect=in_each_session(retry_loops),
        finding=retry_loop_finding,
        finding_place=1,
    ),
    PatternDetector(
        kind="failure-run",
        record=FailureRun,
        results="failureRuns",
        count="failureRunCount",
        coverage=(TOOL_CALLS,),
        inputs=("tool_result_events", "content_by_session"),
        detect=in_each_session(failure_runs),
        finding=failure_run_finding,
        finding_place=2,
    ),
    PatternDetector(
        kind="cancellation-run",
        record=CancellationRun,
        results="cancelledRuns",
        count="cancellationRunCount",
        coverage=(TOOL_CALLS,),
        inputs=("tool_result_events",),
        detect=in_each_session(cancellation_runs),
        finding=cancellation_run_finding,
        finding_place=3,
    ),
    PatternDetector(
        kind="compaction-loss",
        record=CompactionLoss,
        results="compactions",
        count="compactionCount",
        coverage=(),
        inputs=("compactions", "content_by_session"),
        detect=compaction_losses,
        finding=compaction_loss_finding,
        finding_place=4,
        cost=attrgetter("cache_lost_cost"),
    ),
    PatternDetector(
        kind="edit-revert",
        record=EditRevert,
        results="editReverts",
        count="editRevertCount",
        coverage=(TOOL_CALLS, RAW_CONTENT),
        inputs=("content_by_session",),
        detect=in_each_session(edit_reverts),
        finding=edit_revert_finding,
        finding_place=5,
    ),
    PatternDetector(
        kind="skill-recall-dup",
        record=SkillRecallDup,
        results="skillRecallDups",
        count="skillRecallDupCount",
        coverage=(TOOL_CALLS, TOOL_RESULT_EVENTS),
        inputs=(),
        detect=in_each_session(skill_recall_dups),
        finding=skill_recall_dup_finding,
        finding_place=7,
    ),
    PatternDetector(
        kind="skill-pruning-protection",
        record=SkillPruningProtection,
        results="skillPruningProtection",
        count="skillPruningProtectionCount",
        coverage=(TOOL_CALLS, TOOL_RESULT_EVENTS),
        inputs=(),
        detect=in_each_session(skill_pruning_protection),
        finding=skill_pruning_protection_finding,
        finding_place=8,
    ),
    PatternDetector(
        kind="system-prompt-tax",
        record=SystemPromptTax,
        results="systemPromptTaxes",
        count="systemPromptTaxCount",
        coverage=(TOOL_CALLS, TOOL_RESULT_EVENTS),
        inputs=("user_turns_by_session",),
        detect=in_each_session(system_prompt_taxes),
        finding=system_prompt_tax_finding,
        finding_place=9,
        cost=attrgetter("total_cost"),
    ),
    PatternDetector(
        kind="edit-heavy",
        record=EditHeavySession,
        results="editHeavySessions",
        count="editHeavyCount",
        coverage=(TOOL_CALLS,),
        inputs=(),
        detect=in_each_session(edit_heavy_sessions),
        finding=edit_heavy_finding,
        finding_place=6,
        cost=no_cost,
    ),
)
