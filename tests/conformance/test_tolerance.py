"""The check against exact arithmetic notices a cent where it should be, and one where it should not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.corpus import Corpus
from conformance.tolerance import compare_all, report
from tests.conformance.tiny import TinyCorpus
from tests.money import entry

PROTOCOL = "relayburn.analyze.cost.cost_for_usage"
ARGS = {
    "usage": {"input": 10, "output": 0, "reasoning": 0, "cacheRead": 0, "cacheCreate5m": 0, "cacheCreate1h": 0},
    "model": "m",
    "pricing": {"m": entry(0.3)},
}


def breakdown(dollars: float) -> dict[str, Any]:
    nothing = dict.fromkeys(("output", "reasoning", "cacheRead", "cacheCreate"), 0)
    return {"model": "m", "total": dollars, "input": dollars} | nothing


def compared(tmp_path: Path, output: Any) -> Any:
    corpus = TinyCorpus(tmp_path)
    corpus.record({"output": output}, protocol=PROTOCOL, args=ARGS)
    return compare_all(Corpus(tmp_path))


def test_the_right_amount_passes(tmp_path: Path):
    comparison = compared(tmp_path, breakdown(3e-6))[PROTOCOL]

    assert comparison.passes
    assert comparison.recorded_to_exact.figures == 6


@pytest.mark.parametrize(("off_by", "passes"), [(5e-10, True), (2e-9, False)])
def test_an_amount_may_be_off_by_a_billionth_of_a_dollar(tmp_path: Path, off_by: float, passes: bool):
    comparisons = compared(tmp_path, breakdown(3e-6 + off_by))

    assert comparisons[PROTOCOL].passes is passes
    assert any(line.startswith("TOO FAR") for line in report(comparisons)) is not passes


def test_an_amount_that_is_missing_fails(tmp_path: Path):
    output = breakdown(3e-6) | {"surcharge": {"usd": 0.5}}

    comparisons = compared(tmp_path, output)

    assert not comparisons[PROTOCOL].passes
    assert any("$.surcharge.usd" in line for line in report(comparisons))


def test_a_stage_that_fails_is_told(tmp_path: Path):
    corpus = TinyCorpus(tmp_path)
    corpus.record({"output": {"m": {"input": 0.5}}}, protocol="relayburn.analyze.pricing.flatten", args={"root": None})

    comparison = compare_all(Corpus(tmp_path))["relayburn.analyze.pricing.flatten"]

    assert not comparison.passes
    assert "null" in comparison.missing[0]
