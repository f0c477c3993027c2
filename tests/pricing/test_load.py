"""The prices in force: what ships, and the user's own on top (pricing.md 4 and 7)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from relayburn.errors import PriceFileUnreadable
from relayburn.pricing.cost import cost_for_usage
from relayburn.pricing.load import load_builtin_pricing, load_pricing, read_catalogue, shipped_prices_origin
from relayburn.records import Usage, to_wire
from relayburn.semantics import CURRENT, TS_1_10, Semantics

REFERENCE = Path(__file__).parents[2] / "fixtures" / "pricing" / "models.json"
MILLION_IN = Usage(input=1_000_000)


def write(path: Path, **costs: Any) -> Path:
    path.write_text(json.dumps({"mine": {"models": {model: {"cost": cost} for model, cost in costs.items()}}}))
    return path


def input_price(model: str, semantics: Semantics, **where: Any) -> float | None:
    found = cost_for_usage(MILLION_IN, model, load_pricing(semantics=semantics, **where), semantics=semantics)
    return None if found is None else found.total


def test_the_override_lies_in_the_ledger_home(tmp_path: Path):
    write(tmp_path / "models.dev.json", **{"house-model": {"input": 4, "output": 8}})

    assert input_price("house-model", TS_1_10, home=tmp_path) == 4
    assert input_price("claude-opus-4-7", TS_1_10, home=tmp_path) == 5


def test_an_override_by_name_replaces_that_of_the_home(tmp_path: Path):
    write(tmp_path / "models.dev.json", a={"input": 4, "output": 8})
    other = write(tmp_path / "other.json", b={"input": 6, "output": 8})

    assert input_price("a", CURRENT, home=tmp_path, override_path=None) == 4
    assert input_price("a", CURRENT, home=tmp_path, override_path=other) is None
    assert input_price("b", CURRENT, home=tmp_path, override_path=str(other)) == 6


def test_an_empty_name_means_no_override(tmp_path: Path):
    write(tmp_path / "models.dev.json", a={"input": 4, "output": 8})

    assert input_price("a", CURRENT, home=tmp_path, override_path="") is None


def test_an_override_replaces_whole_entries(tmp_path: Path):
    write(tmp_path / "models.dev.json", **{"claude-opus-4-7": {"input": 1, "output": 2}})
    table = load_pricing(home=tmp_path, semantics=CURRENT)

    assert to_wire(table["claude-opus-4-7"]) == {
        "input": 1,
        "output": 2,
        "cacheRead": 0,
        "cacheWrite": 1,
        "reasoningMode": "same_as_output",
    }


def test_an_override_may_price_one_hour_cache_writes(tmp_path: Path):
    cost = {"input": 3, "output": 15, "cache_write": 3.75, "cache_write_1h": 5}
    path = write(tmp_path / "mine.json", **{"claude-mine": cost})

    def dollars(semantics: Semantics) -> float:
        table = load_pricing(path, home=tmp_path, semantics=semantics)
        found = cost_for_usage(Usage(cache_create_1h=1_000_000), "claude-mine", table, semantics=semantics)
        assert found is not None
        return found.total

    assert [dollars(semantics) for semantics in (TS_1_10, CURRENT)] == [3.75, 5]


@pytest.mark.parametrize("content", [b"", b"{", b"null", b'\xef\xbb\xbf{"a":{}}', b"// x\n{}", b'{"a":null}'])
def test_an_override_that_cannot_be_used_counts_as_none_and_is_named_when_asked(tmp_path: Path, content: bytes):
    path = tmp_path / "models.dev.json"
    path.write_bytes(content)

    assert load_pricing(home=tmp_path, semantics=TS_1_10) == load_builtin_pricing(semantics=TS_1_10)
    with pytest.raises(PriceFileUnreadable, match=r"models\.dev\.json"):
        read_catalogue(path, semantics=TS_1_10)


def test_who_asks_for_prices_hears_once_that_an_override_cannot_be_used(tmp_path: Path):
    heard: list[str] = []
    path = tmp_path / "models.dev.json"

    load_pricing(home=tmp_path, semantics=CURRENT, on_unusable=heard.append)
    assert heard == []
    path.write_text("{")
    load_pricing(home=tmp_path, semantics=TS_1_10, on_unusable=heard.append)
    assert heard == []
    load_pricing(home=tmp_path, semantics=CURRENT, on_unusable=heard.append)

    assert len(heard) == 1
    assert heard[0].startswith(f"cannot use the prices of {path}: ")
    assert heard[0].endswith("; the prices that ship are used")


def test_bytes_that_are_no_utf_8_do_not_spoil_an_override(tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_bytes(b'{"a":{"name":"\xff","models":{"m":{"cost":{"input":1,"output":1}}}}}')

    assert list(read_catalogue(path, semantics=TS_1_10)) == ["m"]


def test_under_ts_the_shipped_prices_are_the_references_own():
    assert to_wire(load_builtin_pricing(semantics=TS_1_10)) == json.loads(REFERENCE.read_text())


def test_first_party_prices_ship_where_the_reference_kept_a_resellers(tmp_path: Path):
    found = [input_price("gpt-5-mini", semantics, home=tmp_path) for semantics in (TS_1_10, CURRENT)]

    assert found == [0.04, 0.25]


def test_every_model_that_the_reference_prices_is_priced_under_current():
    listed = json.loads(REFERENCE.read_text())

    assert listed.keys() <= load_builtin_pricing(semantics=CURRENT).keys()


@pytest.mark.parametrize(
    ("model", "input_", "output", "cache_read", "cache_write"),
    [
        ("claude-opus-5", 5, 25, 0.5, 6.25),
        ("claude-sonnet-5", 2, 10, 0.2, 2.5),
        ("claude-opus-4-8", 5, 25, 0.5, 6.25),
        ("claude-fable-5", 10, 50, 1, 12.5),
        ("gpt-5.5", 5, 30, 0.5, 5),
        ("codex-auto-review", 1.75, 14, 0.175, 1.75),
    ],
)
def test_later_models_are_priced_under_current_and_not_under_ts(
    model: str, input_: float, output: float, cache_read: float, cache_write: float
):
    rate = load_builtin_pricing(semantics=CURRENT)[model]

    assert (rate.input, rate.output, rate.cache_read, rate.cache_write) == (input_, output, cache_read, cache_write)
    assert model not in load_builtin_pricing(semantics=TS_1_10)


def test_shipped_tiers_and_changes_hold():
    table = load_builtin_pricing(semantics=CURRENT)
    long = Usage(input=300_000)

    def dollars(usage: Usage, model: str, day: str) -> float:
        found = cost_for_usage(usage, model, table, semantics=CURRENT, ts=f"{day}T12:00:00Z")
        assert found is not None
        return found.total

    assert dollars(long, "gpt-5.4", "2026-03-20") == pytest.approx(0.3 * 5)
    assert dollars(long, "claude-opus-4-6", "2026-03-12") == pytest.approx(0.3 * 10)
    assert dollars(long, "claude-opus-4-6", "2026-03-13") == pytest.approx(0.3 * 5)
    assert dollars(MILLION_IN, "o3", "2025-06-09") == 10
    assert dollars(MILLION_IN, "o3", "2025-06-10") == 2


def test_one_hour_cache_writes_of_the_shipped_prices_cost_twice_the_input():
    usage = Usage(cache_create_1h=1_000_000)
    found = [
        cost_for_usage(usage, "claude-opus-4-7", load_builtin_pricing(semantics=semantics), semantics=semantics)
        for semantics in (TS_1_10, CURRENT)
    ]

    assert [cost and cost.total for cost in found] == [6.25, 10]


def test_the_shipped_prices_tell_where_and_when_they_are_from():
    source, day = shipped_prices_origin().split(", ")

    assert source.startswith("genai-prices ")
    assert date.fromisoformat(day)


def test_no_shipped_price_is_negative_or_missing():
    for rate in load_builtin_pricing(semantics=CURRENT).values():
        tiers = [*(rate.context_tiers or ()), *(rate.dated or ())]
        for figures in (rate, *tiers):
            assert min(figures.input, figures.output, figures.cache_read, figures.cache_write) >= 0
        assert [tier.context_tokens for tier in rate.context_tiers or ()] == sorted(
            tier.context_tokens for tier in rate.context_tiers or ()
        )
        assert not rate.dated or rate.dated[0].since == ""
