"""The `burn` command as installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from relayburn import __version__

BURN = Path(sys.executable).parent / "burn"


def test_the_installed_command_knows_its_version() -> None:
    answer = subprocess.run([BURN, "--version"], capture_output=True, text=True, check=True)

    assert answer.stdout == f"burn {__version__}\n"


def test_asking_for_the_version_imports_nothing_heavy() -> None:
    script = "import sys; sys.argv = ['burn', '--version']; from relayburn.cli import main; main(); print(*sys.modules)"

    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert not {"click", "rich", "msgspec", "orjson", "quicktok"} & set(answer.stdout.split())


def test_a_command_that_does_not_exist_is_a_usage_error() -> None:
    answer = subprocess.run([BURN, "sumary"], capture_output=True, text=True, check=False)

    assert answer.returncode == 2
    assert "sumary" in answer.stderr
