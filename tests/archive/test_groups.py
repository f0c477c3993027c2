from __future__ import annotations

import math
from pathlib import Path

import msgspec
import pytest

from relayburn.analyze.compare import build_compare_table
from relayburn.ledger.archive import build_archive, read_turns
from relayburn.ledger.archive.groups import spending
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.cost import cost_for_turn
from relayburn.pricing.rate import price_steps
from relayburn.pricing.table import PriceTable, table_from_wire
from relayburn.records import UNSET, TurnRecord
from relayburn.sdk import compare_from_archive
from relayburn.sdk.group_prices import cost_of_group, rate_of_group
from relayburn.semantics import CURRENT, TS_1_10
from relayburn.text import well_formed
from tests.archive.ledgers import ledger, line, made_up_lines, new_home
from tests.ledger.records import turn

FLAT = {"input": 3, "output": 15, "cacheRead": 0.3, "cacheWrite": 3.75}
HIGH = {"input": 6, "output": 22.5, "cacheRead": 0.6, "cacheWrite": 7.5}
PRICES = table_from_wire(
    {
        "claude-sonnet-4-6": FLAT | {"contextTiers": [HIGH | {"contextTokens": 1000}]},
        "gpt-5.4": FLAT
        | {"dated": [FLAT | {"since": ""}, HIGH | {"since": "2026-11-16"}], "reasoningMode": "separate"},
    }
)


def long_and_short_turns(count: int) -> list[bytes]:
    """Turns below and above the tier, before and after the change of prices, in several time zones."""
    zones = ("Z", "+02:00", "-11:00")
    return [
        line(
            "turn",
            turn(
                f"m-{n}",
                source=("claude-code", "codex")[n % 2],
                model=("claude-sonnet-4-6", "gpt-5.4", "unpriced")[n % 3],
                ts=f"2026-11-{10 + n % 12}T0{n % 9}:00:00{zones[n % 3] if n % 5 else 'Z'}",
                usage=turn()["usage"] | {"cacheRead": 150 * (n % 11), "reasoning": n},
                activity=("coding", "docs", None)[n % 3] if n % 4 else None,
                hasEdits=n % 2 == 0,
                retries=n % 4,
            ),
        )
        for n in range(count)
    ]


def turns_of(home: Home) -> list[TurnRecord]:
    """All turns, their models as the archive's columns hold them, which have no place for lone surrogates."""
    return [msgspec.structs.replace(turn, model=well_formed(turn.model)) for turn in read_turns(home)]


@pytest.fixture
def home(tmp_path: Path):
    home = new_home(tmp_path)
    lines = [each.replace(b',"activity":null', b"") for each in long_and_short_turns(120)]
    ledger(home, *lines, *made_up_lines(5, 200))
    build_archive(home)
    build_archive(home, semantics=TS_1_10)
    return home


@pytest.mark.parametrize("semantics", [CURRENT, TS_1_10], ids=lambda semantics: semantics.name)
@pytest.mark.parametrize("query", [LedgerQuery(), LedgerQuery(since="2026-11-15"), LedgerQuery(session_id="none")])
def test_groups_cost_what_their_turns_cost(home, query: LedgerQuery, semantics) -> None:
    groups = spending(home, query, lambda model: price_steps(model, PRICES, semantics=semantics), semantics=semantics)

    turns = read_turns(home, query, semantics=semantics)
    costs = [cost_for_turn(turn, PRICES, semantics=semantics) for turn in turns]
    assert sum(group.turns for group in groups) == len(turns)
    expected = math.fsum(cost.total for cost in costs if cost is not None)
    found = math.fsum(cost_of_group(group, rate_of_group(group, PRICES, semantics)) or 0 for group in groups)
    assert found == pytest.approx(expected, abs=1e-12)


def test_groups_come_in_the_order_of_their_first_turns(home) -> None:
    groups = spending(home, LedgerQuery(), lambda _: price_steps("", {}, semantics=CURRENT))

    assert list(dict.fromkeys(group.model for group in groups)) == list(
        dict.fromkeys(turn.model for turn in turns_of(home))
    )


@pytest.mark.parametrize("prices", [PRICES, {}], ids=["priced", "unpriced"])
@pytest.mark.parametrize("models", [UNSET, ["gpt-5.4", "never"]], ids=["all", "two"])
def test_the_table_of_the_archive_is_that_of_its_turns(home, models, prices: PriceTable) -> None:
    found = compare_from_archive(home, LedgerQuery(), prices, models=models)

    expected = build_compare_table(turns_of(home), prices, semantics=CURRENT, models=models)
    assert found.analyzed_turns == len(read_turns(home))
    assert (set(found.table.models), found.table.categories) == (set(expected.models), expected.categories)
    for model, row in expected.cells.items():
        for category, cell in row.items():
            other = found.table.cells[model][category]
            assert other.total_cost == pytest.approx(cell.total_cost, abs=1e-12)
            assert (other.turns, other.edit_turns, other.one_shot_turns, other.median_retries) == (
                cell.turns,
                cell.edit_turns,
                cell.one_shot_turns,
                cell.median_retries,
            )
            assert other.cache_hit_rate == pytest.approx(cell.cache_hit_rate)
