"""Writing the shipped price table from a catalogue (needs the extra `prices`)."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from pathlib import Path

import pytest

build = pytest.importorskip("relayburn.pricing.build")
genai_prices = pytest.importorskip("genai_prices")

REFERENCE = Path(__file__).parents[2] / "fixtures" / "pricing" / "models.json"


def test_the_shipped_file_is_what_the_catalogue_gives():
    shipped = resources.files("relayburn.pricing").joinpath("data", "prices.json").read_text(encoding="utf-8")
    content = json.loads(shipped)
    if content["source"] != f"genai-prices {genai_prices.__version__}":
        pytest.skip(f"made from {content['source']}")

    made = build.build(date.fromisoformat(content["date"]), json.loads(REFERENCE.read_text()))

    assert build.text(made) == shipped


def test_a_price_is_that_of_the_day_and_keeps_its_history(tmp_path: Path):
    made = build.build(date(2025, 6, 9), {})

    row = next(row for row in made["models"] if "o3" in row["ids"])

    assert row["rate"]["input"] == 10
    assert [period["since"] for period in row["rate"]["dated"]] == ["", "2025-06-10"]


def test_the_command_writes_one_row_a_line(tmp_path: Path):
    reference = tmp_path / "reference.json"
    reference.write_text("{}")
    out = tmp_path / "data" / "prices.json"

    build.main(["--date", "2026-01-31", "--reference", str(reference), "--out", str(out)])

    content = json.loads(out.read_text())
    assert content["date"] == "2026-01-31"
    assert out.read_text().count('{"ids": ') == len(content["models"]) == out.read_text().count("\n  {")
