"""docs/conformance.md says what is so."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from conformance.__main__ import main
from conformance.corpus import PROJECT_ROOT
from conformance.entries import read_declared, read_pending
from conformance.outcome import RunOutcome
from conformance.plan import Plan
from conformance.report.json import as_object
from conformance.run import run
from conformance.selection import Selection
from conformance.verdict import Verdict

TEXT = (PROJECT_ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")


def code(language: str) -> list[str]:
    """The blocks of code in a language."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_described(verdict: Verdict) -> None:
    assert f"| `{verdict.value}` |" in TEXT


def test_every_key_of_the_json_report_is_described() -> None:
    assert [key for key in as_object(RunOutcome("x")) if f"`{key}`" not in TEXT] == []


def test_every_option_that_is_mentioned_exists() -> None:
    options = {name for parameter in main.params for name in parameter.opts}
    foreign = {"--help", "--release", "--version"}

    assert set(re.findall(r"(?<![\w-])--[a-z]+", TEXT)) - options - foreign == set()


def test_every_module_that_is_mentioned_exists() -> None:
    mentioned = re.findall(r"`((?:conformance|docs)/[\w/.]+)`", TEXT)

    assert mentioned
    assert [name for name in mentioned if not (PROJECT_ROOT / name).exists()] == []


def test_the_entries_it_shows_can_be_read(tmp_path: Path) -> None:
    (block,) = code("toml")
    declared, pending = block.split("[[pending]]")
    (tmp_path / "declared.toml").write_text(declared)
    (tmp_path / "pending.toml").write_text(f"[[pending]]{pending}")

    (known,) = read_declared(tmp_path / "declared.toml")
    (later,) = read_pending(tmp_path / "pending.toml")
    assert (known.expected, known.actual, later.cases) == (-32700, None, frozenset({"summary-tags"}))


def test_the_driver_it_shows_is_a_whole_one(tmp_path: Path) -> None:
    program = next(block for block in code("python") if "sys.stdin" in block)
    driver = tmp_path / "driver.py"
    driver.write_text(program)

    outcome = run(Plan(selection=Selection(cases=("hash-*",)), subject=shlex.join([sys.executable, str(driver)])))

    assert outcome.exit_code == 0
    assert outcome.counts[Verdict.MATCH] == len(outcome.results) > 0
    assert outcome.left_out
