"""Scripts for shells, and the words that they complete."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.burning import BURN, burn

_SHELLS = ("bash", "zsh", "fish")


def _completed(tmp_path: Path, shell: str, line: str) -> list[str]:
    """What `shell` is told for a line that ends at the cursor."""
    words = line.split(" ")
    asked = {"_BURN_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    if shell == "fish":
        asked["COMP_CWORD"] = words[-1]
    return burn(tmp_path, **asked).stdout.splitlines()


@pytest.mark.parametrize("shell", _SHELLS)
def test_each_shell_has_a_script_that_asks_burn(tmp_path: Path, shell: str) -> None:
    told = burn(tmp_path, "completion", shell)

    assert (told.returncode, told.stderr) == (0, "")
    assert f"_BURN_COMPLETE={shell}_complete" in told.stdout


@pytest.mark.parametrize("shell", _SHELLS)
def test_each_shell_may_ask_for_commands_and_options(tmp_path: Path, shell: str) -> None:
    assert "ingest" in "\n".join(_completed(tmp_path, shell, "burn ing"))
    assert "--ledger-path" in "\n".join(_completed(tmp_path, shell, "burn doctor --led"))


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("burn ", "plain,doctor"),
        ("burn state re", "plain,rebuild"),
        ("burn state rebuild cl", "plain,classify"),
        ("burn --sem", "plain,--semantics"),
        ("burn ingest --semantics ts", "plain,ts-1.10"),
        ("burn completion f", "plain,fish"),
    ],
)
def test_commands_options_and_values_are_completed(tmp_path: Path, line: str, word: str) -> None:
    assert word in _completed(tmp_path, "bash", line)


def test_words_are_completed_whatever_the_semantics(tmp_path: Path) -> None:
    asked = {"_BURN_COMPLETE": "bash_complete", "COMP_WORDS": "burn ing", "COMP_CWORD": "1"}

    assert burn(tmp_path, RELAYBURN_SEMANTICS="ts-1.10", **asked).stdout == "plain,ingest\n"


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    (tmp_path / "burn.bash").write_text(burn(tmp_path, "completion", "bash").stdout)
    script = """
        source burn.bash
        COMP_WORDS=(burn state rebuild ar) COMP_CWORD=3
        $(complete -p burn | sed 's/.*-F \\([^ ]*\\) .*/\\1/') burn 2>/dev/null
        echo "${COMPREPLY[@]}"
    """

    told = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=tmp_path,
        env={"PATH": f"{BURN.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "archive\n"


def test_a_shell_that_nobody_knows_is_a_usage_error(tmp_path: Path) -> None:
    told = burn(tmp_path, "completion", "tcsh")

    assert told.returncode == 2
    assert told.stderr.startswith("burn: ")
    assert "'bash', 'zsh', 'fish'" in told.stderr
