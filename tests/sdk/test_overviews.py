"""An overview from groups says what one of the turns themselves says, whatever stands in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from relayburn.analyze.overview import Overview, overview
from relayburn.analyze.provider import UNKNOWN, filter_turns_by_provider, provider_for_model
from relayburn.ledger.archive import build_archive
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery, query_turns
from relayburn.pricing.ids import id_text
from relayburn.pricing.load import load_pricing
from relayburn.records import TurnRecord, from_wire, to_wire
from relayburn.sdk.overviews import archived_overview
from relayburn.semantics import CURRENT
from tests.archive.ledgers import ledger, line, made_up_lines, new_home, stamp
from tests.ledger.records import turn

COVERED = {
    "hasInputTokens": True,
    "hasOutputTokens": True,
    "hasReasoningTokens": False,
    "hasCacheReadTokens": True,
    "hasCacheCreateTokens": False,
    "hasToolCalls": True,
    "hasToolResultEvents": True,
    "hasSessionRelationships": True,
    "hasRawContent": True,
}
PRICES = load_pricing(home=Path("/nonexistent"), semantics=CURRENT)


def by_provider(model: str, source: str) -> str:
    return provider_for_model(model, source).provider or UNKNOWN


def from_groups(home: Home, query: LedgerQuery, providers: frozenset[str] | None = None) -> Overview:
    build_archive(home, semantics=CURRENT)
    return archived_overview(home, query, by_provider, PRICES, providers=providers, semantics=CURRENT).overview


def from_turns(home: Home, query: LedgerQuery, providers: frozenset[str] | None = None) -> Overview:
    found = [from_wire(TurnRecord, each) for each in query_turns(home, query, semantics=CURRENT)]
    kept = filter_turns_by_provider(found, providers)
    labelled = [(by_provider(id_text(each.model), id_text(each.source)), each) for each in kept]
    return overview(labelled, PRICES, semantics=CURRENT)


def plain(found: Overview) -> Any:
    """An overview without what depends on the order of turns, dollars to the nano."""
    rows = sorted(to_wire(found.rows), key=lambda row: row["label"])
    unpriced = sorted(to_wire(found.unpriced.models), key=lambda row: row["model"])
    searches = (found.searches.count, round(found.searches.fees, 9))
    told = to_wire([found.fidelity, found.savings, found.stop_reasons])
    return _rounded([found.turns, rows, told, found.unpriced.turns, unpriced, searches])


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return round(value, 9) if isinstance(value, float) else value


def test_groups_tell_what_turns_tell(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    half = {"granularity": "per-message", "coverage": COVERED, "class": "full"}
    none = {"granularity": "cost-only", "coverage": dict.fromkeys(COVERED, False), "class": "cost-only"}
    saving = {"id": "t1", "name": "relay", "argsHash": "h", "replacedTools": ["Read", "Grep"], "collapsedCalls": 7}
    ledger(
        home,
        line("turn", turn("m-1", fidelity=half, stopReason="end-turn", toolCalls=[saving])),
        line("turn", turn("m-2", fidelity=half, stopReason="tool_use", toolCalls=[saving, saving], webSearches=2)),
        line("turn", turn("m-3", fidelity=none, model="gpt-5.4", source="codex", ts="2026-11-10T11:00:00Z")),
        line("turn", turn("m-4", model="nobody-knows", source="opencode")),
        line("turn", turn("m-5", model="hf:org/nobody", source="opencode", fidelity=None)),
        line("turn", turn("m-1", output=40, fidelity=half, stopReason="max_tokens")),
        line("turn", turn("m-6", fidelity=half, stopReason="end-turn")).replace(b"end-turn", b"\\ud800"),
    )

    found = from_groups(home, LedgerQuery())

    assert plain(found) == plain(from_turns(home, LedgerQuery()))
    assert [row.label for row in found.rows] == ["anthropic", "openai", "opencode", "synthetic"]
    assert (found.savings.calls, found.unpriced.turns, found.searches.count) == (2, 2, 2)
    assert (found.stop_reasons.max_tokens, found.stop_reasons.tool_use, found.stop_reasons.silent) == (1, 1, 1)


def test_filters_hold_for_groups_as_for_turns(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(
        home,
        line("turn", turn("m-1", project="/p")),
        line("turn", turn("m-2", "s-2", model="gpt-5.4", source="codex")),
        stamp({"sessionId": "s-2"}, {"team": "blue"}),
    )
    team, openai = LedgerQuery(enrichment={"team": "blue"}), frozenset(["openai"])

    for query, providers, turns in (
        (LedgerQuery(project="/p"), None, 1),
        (team, None, 1),
        (team, frozenset(["anthropic"]), 0),
        (LedgerQuery(), openai, 1),
        (LedgerQuery(since="2027-01-01T00:00:00.000Z"), None, 0),
    ):
        found = from_groups(home, query, providers)
        assert found.turns == turns
        assert plain(found) == plain(from_turns(home, query, providers))


def test_damaged_turns_are_counted_and_left_out(tmp_path: Path) -> None:
    home = new_home(tmp_path)
    ledger(
        home, line("turn", turn("m-1")), line("turn", turn("m-2", usage=None)), line("turn", turn("m-3", toolCalls=[7]))
    )
    build_archive(home, semantics=CURRENT)

    found = archived_overview(home, LedgerQuery(), by_provider, PRICES, semantics=CURRENT)

    assert (found.read, found.damaged, found.overview.turns) == (3, 2, 1)


@pytest.mark.parametrize("seed", range(4))
def test_any_ledger_gives_the_same_either_way(tmp_path: Path, seed: int) -> None:
    home = new_home(tmp_path)
    ledger(home, *made_up_lines(seed, 120))

    assert plain(from_groups(home, LedgerQuery())) == plain(from_turns(home, LedgerQuery()))
