"""The whole home at once: status, reset, hook settings (ledger.md 11)."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

from relayburn.ledger.append import append_turns, append_user_turns
from relayburn.ledger.content import append_content
from relayburn.ledger.home import Home
from relayburn.ledger.hook_settings import hook_settings
from relayburn.ledger.query import query_turns
from relayburn.ledger.reset import reset, reset_targets, reset_wire
from relayburn.ledger.status import home_status
from relayburn.semantics import TS_1_10
from tests.ledger.records import home_at, no_warning, said, turn, user_turn


@pytest.fixture
def home(home: Home) -> Home:
    append_turns(home, [turn("a", activity="coding"), turn("b", output=1)], semantics=TS_1_10)
    append_user_turns(home, [user_turn()], semantics=TS_1_10)
    append_content(home, [said()], no_warning, semantics=TS_1_10)
    (home.content / "empty.jsonl").touch()
    return home


def test_a_home_is_counted(home: Home) -> None:
    wire = home_status(home).to_wire(None)

    assert wire["index"]["ids"] == {"path": str(home.index), "exists": True, "bytes": 51, "entries": 3}
    assert wire["index"]["content"]["entries"] == 2
    assert wire["classifier"] == {"turns": 2, "classified": 1, "missing": 1}
    size = (home.content / "s-1.jsonl").stat().st_size
    assert wire["content"] == {
        "path": str(home.content),
        "exists": True,
        "files": 2,
        "sessions": 1,
        "bytes": size,
        "userTurns": 1,
    }


def test_an_empty_home_is_counted_and_not_made(tmp_path: Path) -> None:
    wire = home_status(home_at(tmp_path / "none")).to_wire(None)

    assert wire["index"]["ids"]["exists"] is wire["content"]["exists"] is False
    assert wire["classifier"] == {"turns": 0, "classified": 0, "missing": 0}
    assert not (tmp_path / "none").exists()


def test_targets_are_told_before_anything_goes(home: Home) -> None:
    targets = reset_targets(home)

    assert [Path(target.path).name for target in targets if target.existed] == [
        *("ledger.jsonl", "ledger.idx", "ledger.content.idx", "content")
    ]
    wire = reset_wire(home, targets, forced=False, reingest_requested=False)
    assert (wire["totals"]["filesRemoved"], wire["dryRun"]) == (5, True)
    assert home.ledger.exists()


def test_a_reset_leaves_settings_prices_and_what_waits(home: Home) -> None:
    kept = [home.config, home.price_override, home.pending_stamps / "one.json"]
    home.pending_stamps.mkdir()
    for path in kept:
        path.write_text("{}")
    append_turns(home, [turn("c")])
    home.archive.mkdir()
    (home.archive / "manifest.json").write_text("{}")

    reset(home)

    assert sorted(path for path in home.path.rglob("*") if path.is_file()) == sorted(kept)
    assert query_turns(home) == []


@pytest.mark.parametrize("semantics", [TS_1_10, None], ids=["ts-1.10", "current"])
def test_after_a_reset_everything_is_new(home: Home, semantics) -> None:
    options = {} if semantics is None else {"semantics": semantics}
    append_turns(home, [turn("a", activity="coding")], **options)
    reset(home, **options)

    assert append_turns(home, [turn("a", activity="coding")], **options) == 1


def test_a_link_out_of_the_home_is_removed_and_not_followed(home: Home, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    (home.content / "out").symlink_to(outside)

    reset(home)

    assert (outside / "kept").exists()


def test_every_hook_calls_burn() -> None:
    made = hook_settings()

    hooks = json.loads(made.settings)["hooks"]
    command = {"type": "command", "command": "burn ingest --hook claude --quiet"}
    assert list(hooks) == [
        *("PreToolUse", "PostToolUse", "UserPromptSubmit", "Notification", "Stop", "SubagentStop", "SessionEnd")
    ]
    assert hooks["PreToolUse"] == [{"matcher": "*", "hooks": [command]}]
    assert hooks["Stop"] == [{"hooks": [command]}]
    assert uuid.UUID(made.session_id).version == 4


@pytest.mark.parametrize(
    ("burn", "word"),
    [
        ("/opt/burn-1.0/bin/burn_x", None),
        ("my burn", "'my burn'"),
        ("it's", "'it'\\''s'"),
        ("", "''"),
        ("bürn", "'bürn'"),
    ],
)
def test_the_command_is_quoted_where_it_must_be(burn: str, word: str | None) -> None:
    hooks = json.loads(hook_settings(burn).settings)["hooks"]

    assert hooks["Stop"][0]["hooks"][0]["command"] == f"{word or burn} ingest --hook claude --quiet"
