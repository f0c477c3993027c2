"""What verbs can be narrowed to and grouped by besides time, session and project."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.errors import InvalidOption
from relayburn.ledger.home import Home
from relayburn.ledger.stamps import write_stamp
from relayburn.records import to_wire
from relayburn.sdk import hotspots, summary
from tests.archive.ledgers import ledger, line, new_home
from tests.ledger.records import turn

TS = "2026-03-01T10:00:00.000Z"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """One turn of Claude stamped with a workflow and a team, one of Codex whose team is called `(unset)`, one without stamps."""
    home = new_home(tmp_path)
    ledger(
        home,
        line("turn", turn("m-1", ts=TS, sessionId="s-1", model="claude-sonnet-4-6")),
        line("turn", turn("m-2", ts=TS, sessionId="s-2", model="gpt-5.3-codex", source="codex")),
        line("turn", turn("m-3", ts=TS, sessionId="s-3", model="claude-haiku-4-5")),
    )
    write_stamp(home, {"sessionId": "s-1"}, {"workflowId": "w", "team": "blue"})
    write_stamp(home, {"sessionId": "s-2"}, {"team": "(unset)"})
    return home


@pytest.mark.parametrize("archive_is_there", [True, False])
def test_a_summary_has_a_row_for_each_value_of_a_tag_and_one_for_none(home: Home, archive_is_there: bool) -> None:
    if not archive_is_there:
        (home.path / "archive").write_text("in the way")
    found = summary(home, group_by_tag="team")
    wire = to_wire(found)["byTag"]

    assert sorted((row["value"] or "", row["turns"]) for row in wire) == [("", 1), ("(unset)", 1), ("blue", 1)]
    assert sum(row["cost"]["total"] for row in wire) == pytest.approx(found.total_cost)
    assert list(wire[0]) == ["tag", "value", "turns", "usage", "cost"]


def test_a_summary_looks_at_turns_that_have_all_tags(home: Home) -> None:
    assert summary(home, tags={"team": "blue"}).turn_count == 1
    assert summary(home, tags={"team": "blue", "workflowId": "v"}).turn_count == 0
    assert summary(home, tags={}).turn_count == 3


def test_a_tag_has_a_name(home: Home) -> None:
    with pytest.raises(InvalidOption, match="tag key must be non-empty"):
        summary(home, tags={"": "x"})
    with pytest.raises(InvalidOption, match="tag key must be non-empty"):
        summary(home, group_by_tag="")


def test_hotspots_look_at_a_workflow_or_at_who_was_paid(home: Home) -> None:
    def turns(**filters: object) -> int:
        return to_wire(hotspots(home, **filters))["fidelity"]["summary"]["total"]  # ty: ignore[invalid-argument-type]

    assert turns(workflow="w") == 1
    assert turns(provider=["OpenAI "]) == 1
    assert turns(provider=[]) == 3
    assert turns(workflow="w", provider=["openai"]) == 0
