"""How the start of processes is measured."""

from __future__ import annotations

import sys

from conformance.bench.start_up import process_seconds


def test_each_process_is_charged_with_its_own_time() -> None:
    python = [sys.executable, "-I", "-c"]

    seconds = process_seconds({"little": [*python, "pass"], "much": [*python, "sum(range(5_000_000))"]}, rounds=2)

    assert 0 < seconds["little"] < seconds["much"]
