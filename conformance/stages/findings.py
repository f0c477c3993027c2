"""Pattern results as findings, and the order of findings (findings.md)."""

from __future__ import annotations

import math
from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.findings import WasteFinding, sort_findings
from relayburn.analyze.patterns.cancellation_runs import CancellationRun, cancellation_run_finding
from relayburn.analyze.patterns.compaction_losses import CompactionLoss, compaction_loss_finding
from relayburn.analyze.patterns.detect import findings_from_patterns
from relayburn.analyze.patterns.edit_heavy import EditHeavySession, edit_heavy_finding
from relayburn.analyze.patterns.edit_reverts import EditRevert, edit_revert_finding
from relayburn.analyze.patterns.failure_runs import FailureRun, failure_run_finding
from relayburn.analyze.patterns.opencode_skills import (
    SkillPruningProtection,
    SkillRecallDup,
    skill_pruning_protection_finding,
    skill_recall_dup_finding,
)
from relayburn.analyze.patterns.retry_loops import RetryLoop, retry_loop_finding
from relayburn.analyze.patterns.system_prompt_tax import SystemPromptTax, system_prompt_tax_finding
from relayburn.analyze.patterns.table import PATTERN_DETECTORS
from relayburn.records import Record, from_wire, to_wire

RECORDS: dict[str, type[Record]] = {
    "retry-loop": RetryLoop,
    "failure-run": FailureRun,
    "cancellation-run": CancellationRun,
    "compaction-loss": CompactionLoss,
    "edit-revert": EditRevert,
    "edit-heavy": EditHeavySession,
    "skill-recall-dup": SkillRecallDup,
    "skill-pruning-protection": SkillPruningProtection,
    "system-prompt-tax": SystemPromptTax,
}


@stage("relayburn.analyze.findings.retry_loop_to_finding")
def retry_loop(request: Request) -> Any:
    return to_wire(retry_loop_finding(from_wire(RetryLoop, request.args["loop"])))


@stage("relayburn.analyze.findings.failure_run_to_finding")
def failure_run(request: Request) -> Any:
    return to_wire(failure_run_finding(from_wire(FailureRun, request.args["run"])))


@stage("relayburn.analyze.findings.cancellation_run_to_finding")
def cancellation_run(request: Request) -> Any:
    return to_wire(cancellation_run_finding(from_wire(CancellationRun, request.args["run"])))


@stage("relayburn.analyze.findings.compaction_loss_to_finding")
def compaction_loss(request: Request) -> Any:
    return to_wire(compaction_loss_finding(from_wire(CompactionLoss, request.args["loss"])))


@stage("relayburn.analyze.findings.edit_revert_to_finding")
def edit_revert(request: Request) -> Any:
    return to_wire(edit_revert_finding(from_wire(EditRevert, request.args["cycle"])))


@stage("relayburn.analyze.findings.edit_heavy_to_finding")
def edit_heavy(request: Request) -> Any:
    return to_wire(edit_heavy_finding(from_wire(EditHeavySession, _with_ratio(request.args["session"]))))


@stage("relayburn.analyze.findings.skill_recall_dup_to_finding")
def skill_recall_dup(request: Request) -> Any:
    return to_wire(skill_recall_dup_finding(from_wire(SkillRecallDup, request.args["dup"])))


@stage("relayburn.analyze.findings.skill_pruning_protection_to_finding")
def pruning_protection(request: Request) -> Any:
    return to_wire(skill_pruning_protection_finding(from_wire(SkillPruningProtection, request.args["prot"])))


@stage("relayburn.analyze.findings.system_prompt_tax_to_finding")
def system_prompt_tax(request: Request) -> Any:
    return to_wire(system_prompt_tax_finding(from_wire(SystemPromptTax, request.args["tax"])))


@stage("relayburn.analyze.findings.findings_from_patterns")
def from_patterns(request: Request) -> Any:
    result = request.args["result"]
    results = {
        row.kind: [from_wire(RECORDS[row.kind], _with_ratio(record)) for record in result.get(row.results) or ()]
        for row in PATTERN_DETECTORS
    }
    return to_wire(findings_from_patterns(results))


@stage("relayburn.analyze.findings.sort_findings")
def sort(request: Request) -> Any:
    return to_wire(sort_findings(from_wire(WasteFinding, finding) for finding in request.args["findings"]))


def _with_ratio(record: dict[str, Any]) -> dict[str, Any]:
    """`record` with the infinite ratio that its null stands for."""
    return record | {"ratio": math.inf} if "ratio" in record and record["ratio"] is None else record
