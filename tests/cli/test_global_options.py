"""The options that hold for every command, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.burning import burn


@pytest.mark.parametrize(
    "words",
    [
        ["--ledger-path", "here", "state"],
        ["state", "--ledger-path", "here"],
        ["state", "status", "--ledger-path=here"],
        ["state", "--ledger-path", "there", "status", "--ledger-path", "here"],
        ["--ledger-path", "there", "state", "--ledger-path", "here", "status"],
        ["state", "--ledger-path", "here", "--semantics", "ts-1.10"],
    ],
)
def test_the_home_may_be_named_before_or_after_the_command(tmp_path: Path, words: list[str]) -> None:
    told = burn(tmp_path, *words, RELAYBURN_HOME=str(tmp_path / "elsewhere"))

    assert told.returncode == 0
    assert f"{tmp_path}/here/ledger.idx" in told.stdout
    assert "there" not in told.stdout.replace(str(tmp_path), "")


@pytest.mark.parametrize(
    ("words", "variable", "strict"),
    [
        (["doctor", "--nonsense"], "current", True),
        (["ingest", "--nonsense"], "current", True),
        (["ingest", "--nonsense"], "ts-1.10", False),
        (["ingest", "--nonsense", "--semantics", "current"], "ts-1.10", True),
        (["--semantics=ts-1.10", "ingest", "--nonsense"], "current", False),
        (["ingest", "--nonsense", "--semantics", "ts-1.10"], "current", False),
        # What the reference does not have is read strictly, whatever the rules.
        (["doctor", "--nonsense"], "ts-1.10", True),
    ],
)
def test_whose_rules_hold_may_be_said_before_or_after_the_command(
    tmp_path: Path, words: list[str], variable: str, strict: bool
) -> None:
    told = burn(tmp_path, *words, RELAYBURN_SEMANTICS=variable)

    assert told.returncode == (2 if strict else 0)
    assert ("No such option '--nonsense'" in told.stderr) is strict


def test_a_global_option_before_a_command_is_no_command_of_the_reference(tmp_path: Path) -> None:
    told = burn(tmp_path, "--ledger-path", "here", "state", RELAYBURN_SEMANTICS="ts-1.10")

    assert told.returncode == 1
    assert told.stderr.startswith("unknown command: --ledger-path\n")


def test_rules_that_nobody_knows_are_a_usage_error_wherever_they_come_from(tmp_path: Path) -> None:
    by_variable = burn(tmp_path, "ingest", RELAYBURN_SEMANTICS="ts-9")
    by_words = burn(tmp_path, "ingest", "--semantics", "ts-9")

    assert by_variable.returncode == by_words.returncode == 2
    assert "'ts-9' is not one of 'current', 'ts-1.10'" in by_variable.stderr
    assert "'ts-9' is not one of 'current', 'ts-1.10'" in by_words.stderr


def test_words_for_a_harness_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / "claude").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "claude").chmod(0o755)

    told = burn(tmp_path, "run", "claude", "--", "--semantics", "ts-1.10", "--debug", PATH=f"{tmp_path}:/usr/bin:/bin")

    assert told.stdout.rstrip().endswith("--semantics ts-1.10 --debug")
