"""What `burn` imports before it answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from relayburn import __version__
from tests.cli.burning import BURN

_HEAVY = ("click", "rich", "msgspec", "orjson", "duckdb", "quicktok", "httpx", "watchfiles", "asyncio", "typing", "re")
"""What no answer from a constant needs; `re` and `typing` alone take half as long as Python's own start."""


def _imported(*words: str, **variables: str) -> list[str]:
    """The modules that this process has after `burn words` and would not have without it."""
    script = (
        f"import os, sys; before = set(sys.modules); from relayburn.cli import main; sys.argv[1:] = {list(words)!r}\n"
        "try: main()\n"
        "finally: print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    # Without `site`, which may import anything for others.
    paths = ":".join([str(Path(__file__).parents[2]), *(path for path in sys.path if path.endswith("site-packages"))])
    told = subprocess.run(
        [sys.executable, "-S", "-c", script],
        env={"PYTHONPATH": paths} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stderr.splitlines()[-1].split()


def test_the_version_needs_next_to_nothing() -> None:
    assert _imported("--version") == [
        "__future__",
        "relayburn",
        "relayburn.cli",
        "relayburn.cli.ending",
    ]


@pytest.mark.parametrize("words", [["--version"], ["-V"]])
def test_the_version_needs_nothing_heavy(words: list[str]) -> None:
    assert not set(_HEAVY) & set(_imported(*words))


def test_a_status_bar_waits_for_nothing_heavy(tmp_path: Path) -> None:
    needed = _imported("statusline", HOME=str(tmp_path))

    assert not {"click", "msgspec", "orjson", "duckdb", "dataclasses", "pathlib", "subprocess"} & set(needed)


@pytest.mark.parametrize("words", [["--help"], ["ingest", "--help"], ["prices", "--help"], ["doctor", "--help"]])
def test_help_needs_none_of_what_the_commands_work_with(words: list[str]) -> None:
    assert not {"duckdb", "rich", "quicktok", "httpx", "watchfiles"} & set(_imported(*words))


def test_the_installed_command_tells_its_version() -> None:
    told = subprocess.run([BURN, "--version"], capture_output=True, text=True, check=True)

    assert told.stdout == f"burn {__version__}\n"


def test_plain_reports_do_without_rich(tmp_path: Path) -> None:
    assert "rich" not in _imported("ingest", HOME=str(tmp_path))
