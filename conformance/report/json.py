"""The report for programs: one JSON object (`--json`, docs/conformance.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conformance.outcome import RunOutcome
from conformance.report.values import readable
from conformance.verdict import Result, Verdict


def rendered(outcome: RunOutcome) -> str:
    """The object as text, ASCII, without a line feed at its end."""
    return json.dumps(as_object(outcome), indent=2)


def as_object(outcome: RunOutcome) -> dict[str, Any]:
    """The object: counts, divergences (one entry for each place that differs), problems."""
    return {
        "subject": outcome.subject,
        "exit_code": outcome.exit_code,
        "exchanges": len(outcome.results),
        **_counts(outcome.counts),
        "left_out": sum(outcome.left_out.values()),
        "by_protocol": {
            protocol: {"exchanges": sum(counts.values()), **_counts(counts)}
            for protocol, counts in outcome.by_protocol.items()
        },
        "left_out_by_protocol": dict(outcome.left_out),
        "divergences": [entry for result in outcome.failures for entry in _entries(result)],
        "problems": [
            {"kind": problem.kind.value, "file": problem.file, "message": problem.message}
            for problem in outcome.problems
        ],
        "pending_entries": [
            {
                "protocol": state.entry.protocol,
                "cases": sorted(state.entry.cases),
                "reason": state.entry.reason,
                "exchanges": state.covered,
                "answered": state.answered,
                "matching": state.matching,
                "removable": state.is_done,
            }
            for state in outcome.pending
        ],
        "notes": list(outcome.notes),
        "seconds": round(outcome.seconds, 6),
        "stage_seconds": round(outcome.stage_seconds, 6),
    }


def _counts(counts: Mapping[Verdict, int]) -> dict[str, int]:
    return {verdict.value: count for verdict, count in counts.items()}


def _entries(result: Result) -> list[dict[str, Any]]:
    where = {
        "verdict": result.verdict.value,
        "protocol": result.protocol,
        "case": result.case,
        "file": result.file,
        "line": result.line,
    }
    if not result.divergences:
        nowhere = {"path": None, "expected": None, "actual": None, "usd_delta": None}
        return [where | nowhere | {"message": result.message}]
    return [
        where
        | {
            "path": found.path,
            "expected": readable(found.expected),
            "actual": readable(found.actual),
            "usd_delta": readable(found.usd_delta),
            "message": result.message,
        }
        for found in result.divergences
    ]
