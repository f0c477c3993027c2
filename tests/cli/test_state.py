"""`burn state`: what it shows, rebuilds, prunes and resets, under both readings of the command line."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from relayburn.ledger.append import append_turns
from relayburn.ledger.home import Home
from relayburn.semantics import TS_1_10
from tests.cli.burning import SESSION, burn, leave_session
from tests.ledger.records import turn

_BOTH = pytest.mark.parametrize("semantics", ["current", "ts-1.10"])


@pytest.fixture
def ingested(tmp_path: Path, semantics: str) -> Path:
    """A user's home with one session, ingested."""
    leave_session(tmp_path)
    assert burn(tmp_path, "ingest", RELAYBURN_SEMANTICS=semantics).returncode == 0
    return tmp_path


@_BOTH
def test_an_empty_home_has_nothing_and_stays_empty(tmp_path: Path, semantics: str) -> None:
    told = burn(tmp_path, "state", RELAYBURN_SEMANTICS=semantics)

    assert told.stdout.startswith(f"derived state:\nindex:\n  id index: missing at {tmp_path}/.relayburn/ledger.idx\n")
    assert told.stdout.endswith("  status: not built yet - run `burn state rebuild archive`\n")
    assert not (tmp_path / ".relayburn").exists()


@_BOTH
def test_the_status_counts_what_was_ingested_and_built(ingested: Path, semantics: str) -> None:
    burn(ingested, "state", "rebuild", "archive", RELAYBURN_SEMANTICS=semantics)

    status = json.loads(burn(ingested, "state", "status", "--json", RELAYBURN_SEMANTICS=semantics).stdout)

    assert status["classifier"] == {"turns": 1, "classified": 1, "missing": 0}
    assert (status["archive"]["exists"], status["archive"]["rowCounts"]["turns"]) == (True, 1)


@_BOTH
def test_all_is_rebuilt_in_the_order_of_need(ingested: Path, semantics: str) -> None:
    told = burn(ingested, "state", "rebuild", "all", RELAYBURN_SEMANTICS=semantics)

    assert told.returncode == 0
    assert [line.split(" (")[0] for line in told.stdout.splitlines() if not line.startswith(" ")] == [
        "reingested derived content for 0 sessions",
        told.stdout.splitlines()[1],
        "reclassified 0 of 1 turns",
        "archive build complete",
    ]
    assert told.stdout.splitlines()[1].startswith("rebuilt ledger index: ")


@_BOTH
def test_content_that_can_be_read_again_is_pruned_only_by_force(ingested: Path, semantics: str) -> None:
    sidecar = ingested / ".relayburn/content" / f"{SESSION}.jsonl"
    size = sidecar.stat().st_size
    os.utime(sidecar, (0, 0))

    kept, pruned = (
        burn(ingested, "state", "prune", "--days", "30", *force, RELAYBURN_SEMANTICS=semantics).stdout
        for force in ([], ["--force"])
    )

    assert kept == (
        "pruned 0 content files (0 bytes)\n"
        "kept 1 recoverable sidecar whose source files still exist\n"
        "  (use 'burn state prune --force' to delete them anyway)\n"
    )
    assert pruned == f"pruned 1 content file ({size} bytes)\n"
    assert not sidecar.exists()


@_BOTH
def test_nothing_is_pruned_forever(tmp_path: Path, semantics: str) -> None:
    told = burn(tmp_path, "state", "prune", "--days=forever", RELAYBURN_SEMANTICS=semantics)

    assert told.stdout == "content retention=forever - nothing to prune\n"


@_BOTH
def test_a_retention_that_is_none_is_a_usage_error(tmp_path: Path, semantics: str) -> None:
    assert burn(tmp_path, "state", "prune", "--days", "soon", RELAYBURN_SEMANTICS=semantics).returncode == 2


@_BOTH
def test_a_reset_only_tells_until_it_is_forced(ingested: Path, semantics: str) -> None:
    ledger = ingested / ".relayburn/ledger.jsonl"

    dry = burn(ingested, "state", "reset", "--reingest", RELAYBURN_SEMANTICS=semantics)

    assert dry.stdout.startswith(f"dry run: would reset derived state under {ingested}/.relayburn\n")
    assert dry.stderr == "burn state reset: --reingest requires --force; nothing was deleted.\n"
    assert ledger.exists()

    forced = burn(ingested, "state", "reset", "--force", "--reingest", RELAYBURN_SEMANTICS=semantics)

    assert forced.stdout.endswith("reingested 1 of 1 sessions (1 turns appended)\n")
    assert ledger.exists()


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (["frobnicate"], 1, "burn state: unknown subcommand: frobnicate"),
        (["rebuild"], 2, "burn state rebuild: missing target"),
        (["rebuild", "x"], 1, "burn state rebuild: unknown target: x"),
        (["rebuild", "archive", "x"], 1, "burn state rebuild archive: unknown action: x"),
        (
            ["prune", "--days", "soon"],
            2,
            'burn state prune: invalid --days value: "soon" (expected a number or "forever")',
        ),
    ],
)
def test_lenient_usage_errors_are_told_with_the_help(
    tmp_path: Path, words: list[str], code: int, complaint: str
) -> None:
    told = burn(tmp_path, "state", *words, RELAYBURN_SEMANTICS="ts-1.10")

    assert (told.returncode, told.stdout) == (code, "")
    assert told.stderr.startswith(f"{complaint}\n\nburn state")


@pytest.mark.parametrize("words", [["help"], ["--help"], ["rebuild", "--help"], ["rebuild", "help"], ["reset", "help"]])
def test_lenient_help_wins(tmp_path: Path, words: list[str]) -> None:
    told = burn(tmp_path, "state", *words, RELAYBURN_SEMANTICS="ts-1.10")

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("burn state - ")


def test_a_vacuum_cannot_be_full(tmp_path: Path) -> None:
    words = ["state", "rebuild", "archive", "vacuum", "--full"]

    told = burn(tmp_path, *words, RELAYBURN_SEMANTICS="ts-1.10")

    assert (told.returncode, told.stderr) == (
        1,
        "burn state rebuild archive: --full and --vacuum cannot be combined\n",
    )
    assert burn(tmp_path, *words).returncode == 2


@_BOTH
def test_there_is_nothing_to_vacuum_without_an_archive(tmp_path: Path, semantics: str) -> None:
    told = burn(tmp_path, "state", "rebuild", "archive", "vacuum", RELAYBURN_SEMANTICS=semantics)

    assert (told.returncode, told.stdout.startswith("archive: no archive at ")) == (0, True)


def _make_foreign(user_home: Path) -> None:
    """A home that the reference read, with one session that has no log any more."""
    leave_session(user_home)
    assert burn(user_home, "ingest", RELAYBURN_SEMANTICS="ts-1.10").returncode == 0
    append_turns(Home(user_home / ".relayburn", user_home, {}), [turn("m-1", "gone", output=5)], semantics=TS_1_10)


def test_all_logs_are_read_again_and_what_has_none_is_named(tmp_path: Path) -> None:
    _make_foreign(tmp_path)
    assert "were read by ts-1.10 rules" in burn(tmp_path, "summary").stderr

    told = burn(tmp_path, "state", "reingest")

    assert (told.returncode, told.stdout) == (
        0,
        "read 1 turn of 1 of 1 session again by current rules\n"
        "kept 1 turn of 1 session as they were, of which no log tells any more:\n"
        "  harness      session  turns\n"
        "  claude-code  gone     1\n",
    )
    assert "rules" not in burn(tmp_path, "summary").stderr
    append_turns(Home(tmp_path / ".relayburn", tmp_path, {}), [turn("m-2", "new", output=6)], semantics=TS_1_10)
    burn(tmp_path, "summary")
    assert "burn: 2 of 3 turns in this home were read by ts-1.10 rules" in burn(tmp_path, "summary").stderr
    assert "kept-turns.json: 1 file" in burn(tmp_path, "state", "reset").stdout


@_BOTH
def test_what_was_read_again_is_told_as_json(tmp_path: Path, semantics: str) -> None:
    _make_foreign(tmp_path)

    told = burn(tmp_path, "state", "reingest", "--json", RELAYBURN_SEMANTICS=semantics)

    assert json.loads(told.stdout) == {
        "semantics": semantics,
        "scannedSessions": 1,
        "ingestedSessions": 1,
        "readTurns": 1,
        "keptTurns": 1,
        "keptSessions": [{"source": "claude-code", "sessionId": "gone", "turns": 1}],
        "failures": [],
        "stopped": False,
    }


@_BOTH
def test_the_archive_is_exported_as_a_file_of_the_old_form(ingested: Path, semantics: str) -> None:
    told = burn(ingested, "state", "export-sqlite", "out.sqlite", RELAYBURN_SEMANTICS=semantics)

    assert (told.returncode, told.stdout) == (0, f"wrote 1 turn to {ingested}/out.sqlite\n")
    with closing(sqlite3.connect(ingested / "out.sqlite")) as database:
        assert database.execute("SELECT session_id FROM turns").fetchall() == [(SESSION,)]
        assert database.execute("SELECT archive_version FROM archive_state").fetchall() == [(3,)]

    again = burn(ingested, "state", "export-sqlite", "out.sqlite", RELAYBURN_SEMANTICS=semantics)
    assert again.returncode == 1
    assert "out.sqlite" in again.stderr


@_BOTH
def test_a_fingerprint_is_another_one_as_soon_as_turns_come(ingested: Path, semantics: str) -> None:
    words = ["state", "fingerprint", "--session", SESSION]
    before = burn(ingested, *words, RELAYBURN_SEMANTICS=semantics).stdout
    append_turns(Home(ingested / ".relayburn", ingested, {}), [turn("m-9", SESSION)], semantics=TS_1_10)

    after = json.loads(burn(ingested, *words, "--json", RELAYBURN_SEMANTICS=semantics).stdout)["fingerprint"]

    assert (before.split(":")[0], after.split(":")[0]) == ("1", "2")
    assert burn(ingested, "state", "fingerprint", "--session", "x", RELAYBURN_SEMANTICS=semantics).stdout == "0::0\n"
    both = ["state", "fingerprint", "--session", "x", "--project", "/p"]
    assert burn(ingested, *both, RELAYBURN_SEMANTICS=semantics).returncode == 2
