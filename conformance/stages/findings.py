"""Pattern results as findings, and the order of findings (findings.md)."""

from __future__ import annotations

import math
from typing import Any

from conformance.stages.registry import Request, Stage, stage
from relayburn.analyze.findings import WasteFinding, sort_findings
from relayburn.analyze.patterns.detect import findings_from_patterns
from relayburn.analyze.patterns.table import PATTERN_DETECTORS, PatternDetector
from relayburn.records import Record, from_wire, to_wire

SINGLE_FINDINGS = (
    ("retry_loop_to_finding", "retry-loop", "loop"),
    ("failure_run_to_finding", "failure-run", "run"),
    ("cancellation_run_to_finding", "cancellation-run", "run"),
    ("compaction_loss_to_finding", "compaction-loss", "loss"),
    ("edit_revert_to_finding", "edit-revert", "cycle"),
    ("edit_heavy_to_finding", "edit-heavy", "session"),
    ("skill_recall_dup_to_finding", "skill-recall-dup", "dup"),
    ("skill_pruning_protection_to_finding", "skill-pruning-protection", "prot"),
    ("system_prompt_tax_to_finding", "system-prompt-tax", "tax"),
)
"""The stages of one result each: name, kind of the result, argument that holds it."""

ROWS = {row.kind: row for row in PATTERN_DETECTORS}


def _single(row: PatternDetector, argument: str) -> Stage:
    return lambda request: to_wire(row.finding(_result(row, request.args[argument])))


for _name, _kind, _argument in SINGLE_FINDINGS:
    stage(f"relayburn.analyze.findings.{_name}")(_single(ROWS[_kind], _argument))


@stage("relayburn.analyze.findings.findings_from_patterns")
def from_patterns(request: Request) -> Any:
    wire = request.args["result"]
    results = {row.kind: [_result(row, result) for result in wire.get(row.results) or ()] for row in PATTERN_DETECTORS}
    return to_wire(findings_from_patterns(results))


@stage("relayburn.analyze.findings.sort_findings")
def sort(request: Request) -> Any:
    return to_wire(sort_findings(from_wire(WasteFinding, finding) for finding in request.args["findings"]))


def _result(row: PatternDetector, wire: dict[str, Any]) -> Record:
    """A recorded result; where its ratio is null, that stands for infinity."""
    infinite = "ratio" in wire and wire["ratio"] is None
    return from_wire(row.record, wire | {"ratio": math.inf} if infinite else wire)
