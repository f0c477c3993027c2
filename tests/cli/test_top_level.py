"""The first word of `burn`, under both readings of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn import __version__
from tests.cli.burning import burn


@pytest.mark.parametrize("word", ["--version", "-v", "version"])
def test_the_lenient_version_is_a_bare_number(tmp_path: Path, word: str) -> None:
    assert burn(tmp_path, word, RELAYBURN_SEMANTICS="ts-1.10").stdout == f"{__version__}\n"


@pytest.mark.parametrize("words", [[], ["help"], ["--help"], ["-h"]])
def test_lenient_help_is_data(tmp_path: Path, words: list[str]) -> None:
    told = burn(tmp_path, *words, RELAYBURN_SEMANTICS="ts-1.10")

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("burn - ")


@pytest.mark.parametrize("words", [["frobnicate"], ["--json", "ingest"]])
def test_lenient_words_must_begin_with_a_command(tmp_path: Path, words: list[str]) -> None:
    told = burn(tmp_path, "--semantics=ts-1.10", *words)

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"unknown command: {words[0]}\n\n")


def test_a_strict_command_that_is_misspelt_names_the_nearest(tmp_path: Path) -> None:
    told = burn(tmp_path, "ingst")

    assert told.returncode == 2
    assert "Did you mean 'ingest'?" in told.stderr
