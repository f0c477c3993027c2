"""Writes the price table that ships: `python -m relayburn.pricing.build`.

In: the catalogue of the `genai-prices` package (extra `prices`; never imported at run time) and the reference's own
figures. Out: `data/prices.json`: per vendor and model the prices by period and context, for `current`, and beside
them the reference's table, for ts-1.10. Every row is on a line of its own, so that a change of price shows.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from pathlib import Path
from typing import Any

VENDORS = (
    "anthropic",
    "openai",
    "google",
    "x-ai",
    "deepseek",
    "moonshotai",
    "zai",
    "minimax",
    "mistral",
    "meta",
    "cohere",
)
"""Whose own prices are taken, in order: where two list one id, the first is right."""

RESOLD = (
    "anthropic/",
    "openai/",
    "google/",
    "x-ai/",
    "qwen/",
    "meta-llama/",
    "deepseek/",
    "mistralai/",
    "moonshotai/",
    "z-ai/",
    "minimax/",
    "nvidia/",
)
"""What OpenRouter's price is taken for where the vendor lists none: open models that many hosts sell, and variants."""

ALIASES = {"codex-auto-review": "gpt-5.2-codex"}
"""Ids that Codex logs for a model of another name."""

PRICE_KEYS = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cacheRead": "cache_read_mtok",
    "cacheWrite": "cache_write_mtok",
    "cacheWrite1h": "cache_write_1h_mtok",
}

Wire = dict[str, Any]


def build(on: date, reference: Wire) -> Wire:
    """The content of `prices.json`: prices in force on `on`, with all known changes, and the `reference` table."""
    from genai_prices.data import providers

    by_id = {provider.id: provider for provider in providers}
    rows = _Rows()
    for vendor in VENDORS:
        for model in by_id[vendor].models:
            if vendor != "google" or model.id.startswith(("gemini", "gemma")):
                ids = [*_ids(model), *(known for known in reference if model.is_match(known))]
                rows.add(ids, vendor, _rate(model.prices, on))
    for model, entry in reference.items():
        rows.add_resold(model, "reference", entry)
    for model in by_id["openrouter"].models:
        if model.id.startswith(RESOLD) and ":" not in model.id:
            rows.add_resold(model.id, "openrouter", _rate(model.prices, on))
    for alias, model in ALIASES.items():
        rows.add_alias(alias, model)
    return {
        "date": on.isoformat(),
        "source": f"genai-prices {version('genai-prices')}",
        "models": rows.rows,
        "reference": [{"ids": [model], "rate": entry} for model, entry in reference.items()],
    }


class _Rows:
    """Rows of ids that share an entry; what came first under an id stays."""

    def __init__(self) -> None:
        self.rows: list[Wire] = []
        self._row_of: dict[str, Wire] = {}

    def add(self, ids: Iterable[str], vendor: str, rate: Wire | None) -> None:
        fresh = [model for model in dict.fromkeys(ids) if model not in self._row_of]
        if rate is None or not fresh:
            return
        row = {"ids": fresh, "vendor": vendor, "rate": rate}
        self.rows.append(row)
        self._row_of.update(dict.fromkeys(fresh, row))

    def add_resold(self, model: str, seller: str, rate: Wire | None) -> None:
        """`model` may name its vendor before a slash; the vendor's own price of what stands after it wins."""
        bare = model.rpartition("/")[2]
        if bare in self._row_of:
            self.add_alias(model, bare)
        else:
            self.add([model, bare], seller, rate)

    def add_alias(self, alias: str, model: str) -> None:
        if alias not in self._row_of:
            self._row_of[alias] = self._row_of[model]
            self._row_of[model]["ids"].append(alias)


def _ids(model: Any) -> Iterator[str]:
    """The ids that a model's own name and its matching rules spell out."""
    yield model.id
    for clause in _clauses(model.match):
        kind, value = next(iter(vars(clause).items()))
        if kind in ("equals", "starts_with"):
            yield value.rstrip("-@.")


def _clauses(clause: Any) -> Iterator[Any]:
    parts = getattr(clause, "or_", None)
    if parts is None:
        yield clause
    else:
        for part in parts:
            yield from _clauses(part)


def _rate(prices: Any, on: date) -> Wire | None:
    """A model's entry: the figures in force on `on`, and every period if there is more than one."""
    periods = _periods(prices)
    if not all("input" in period and "output" in period for period in periods):
        return None
    in_force = [period for period in periods if period["since"] <= on.isoformat()][-1]
    rate = {key: value for key, value in in_force.items() if key != "since"} | {"reasoningMode": "same_as_output"}
    return rate | ({"dated": periods} if len(periods) > 1 else {})


def _periods(prices: Any) -> list[Wire]:
    """What a model costs since when, ascending; a price of certain hours counts if those are most of the day."""
    conditional = prices if isinstance(prices, list) else None
    if conditional is None:
        return [{"since": "", **_figures(prices)}]
    by_start: dict[str, Wire] = {}
    for entry in conditional:
        start = getattr(entry.constraint, "start_date", None)
        hours = _hours(entry.constraint)
        if hours is not None and hours <= 12:
            continue
        by_start[start.isoformat() if start else ""] = _figures(entry.prices)
    periods: list[Wire] = []
    for since in sorted(by_start):
        if not periods or {**periods[-1], "since": since} != {"since": since, **by_start[since]}:
            periods.append({"since": since, **by_start[since]})
    return periods


def _hours(constraint: Any) -> float | None:
    """How much of a day a price holds for; None where it holds all day."""
    if not hasattr(constraint, "start_time"):
        return None
    return (_minutes(constraint.end_time) - _minutes(constraint.start_time)) % 1440 / 60


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _figures(prices: Any) -> Wire:
    """The base prices, and a tier for every size of context at which one of them changes."""
    found = {key: value for key, name in PRICE_KEYS.items() if (value := getattr(prices, name, None)) is not None}
    if "input" not in found:
        return {}
    starts = sorted({tier.start for value in found.values() for tier in getattr(value, "tiers", ())})
    figures = _plain(found, 0)
    tiers = [{"contextTokens": start, **_plain(found, start + 1)} for start in starts]
    return figures | ({"contextTiers": tiers} if tiers else {})


def _plain(found: Wire, tokens: int) -> Wire:
    figures = {key: _at(value, tokens) for key, value in found.items()}
    # Where a vendor names no price for caching, cached tokens are ordinary input.
    cached = {key: figures.get(key, figures["input"]) for key in ("cacheRead", "cacheWrite")}
    return figures | cached


def _at(value: Any, tokens: int) -> float:
    price = getattr(value, "base", value)
    for tier in getattr(value, "tiers", ()):
        if tokens > tier.start:
            price = tier.price
    number = float(price)
    return int(number) if number.is_integer() else number


def text(content: Wire) -> str:
    """`content` as JSON, one row a line."""
    head = {key: value for key, value in content.items() if not isinstance(value, list)}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    parts = [key for key, value in content.items() if isinstance(value, list)]
    for key in parts:
        rows = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in content[key])
        lines.append(f" {json.dumps(key)}: [\n{rows}\n ]" + ("" if key == parts[-1] else ","))
    return "{\n" + "\n".join(lines) + "\n}\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the file anew from the installed catalogue."""
    parser = argparse.ArgumentParser(prog="python -m relayburn.pricing.build", description=main.__doc__)
    parser.add_argument("--date", type=date.fromisoformat, default=datetime.now(UTC).date(), help="as of this day")
    parser.add_argument("--reference", type=Path, default=Path("fixtures/pricing/models.json"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data" / "prices.json")
    options = parser.parse_args(arguments)
    reference = json.loads(options.reference.read_text(encoding="utf-8"))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(text(build(options.date, reference)), encoding="utf-8")


if __name__ == "__main__":
    main()
