"""`burn prices`, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

BURN = Path(sys.executable).parent / "burn"


def burn(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "RELAYBURN_HOME": str(home)}
    return subprocess.run([BURN, "prices", *arguments], capture_output=True, text=True, check=False, env=environment)


def test_a_model_is_found_by_words_of_its_id(tmp_path: Path) -> None:
    answer = burn(tmp_path, "SONNET", "4-6")

    lines = answer.stdout.splitlines()
    assert answer.returncode == 0
    assert lines[0].split()[:3] == ["model", "input", "output"]
    assert ["claude-sonnet-4-6", "3", "15", "0.3", "3.75", "6"] in [line.split()[:6] for line in lines]


def test_json_gives_the_rates_by_model(tmp_path: Path) -> None:
    answer = burn(tmp_path, "claude-sonnet-4-6", "--json")

    assert json.loads(answer.stdout)["claude-sonnet-4-6"]["cacheWrite1h"] == 6


def test_the_reference_has_prices_of_its_own(tmp_path: Path) -> None:
    ours = json.loads(burn(tmp_path, "gpt-5-mini", "--json").stdout)
    theirs = json.loads(burn(tmp_path, "gpt-5-mini", "--json", "--semantics", "ts-1.10").stdout)

    assert ours["gpt-5-mini"]["input"] > theirs["gpt-5-mini"]["input"]


def test_the_override_of_the_home_counts(tmp_path: Path) -> None:
    catalogue = {"me": {"models": {"my-model": {"cost": {"input": 1, "output": 2, "cache_write_1h": 7}}}}}
    (tmp_path / "models.dev.json").write_text(json.dumps(catalogue))

    answer = burn(tmp_path, "my-model", "--json")

    assert json.loads(answer.stdout)["my-model"]["cacheWrite1h"] == 7


def test_an_unusable_override_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "models.dev.json").write_text("{")

    answer = burn(tmp_path, "opus")

    assert answer.returncode == 1
    assert "models.dev.json" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_model_without_a_price_is_said_to_have_none(tmp_path: Path) -> None:
    answer = burn(tmp_path, "no-such-model")

    assert answer.returncode == 1
    assert "no-such-model" in answer.stderr
