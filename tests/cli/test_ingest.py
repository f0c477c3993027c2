"""`burn ingest`, once and for a hook, under both readings of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.burning import SESSION, burn, leave_session

_BOTH = pytest.mark.parametrize("semantics", ["current", "ts-1.10"])


@_BOTH
def test_what_is_new_is_ingested_once(tmp_path: Path, semantics: str) -> None:
    leave_session(tmp_path)

    reports = [burn(tmp_path, "ingest", RELAYBURN_SEMANTICS=semantics).stdout for _ in range(2)]

    assert reports == [
        "[burn] ingest: ingested 1 session (+1 turn)\n",
        "[burn] ingest: ingested 0 sessions (+0 turns)\n",
    ]


@_BOTH
def test_a_hook_prints_no_data(tmp_path: Path, semantics: str) -> None:
    transcript = leave_session(tmp_path)
    payload = json.dumps({"session_id": SESSION, "transcript_path": str(transcript), "hook_event_name": "Stop"})

    told = burn(tmp_path, "ingest", "--hook", "claude", stdin=payload, RELAYBURN_SEMANTICS=semantics)

    assert (told.returncode, told.stdout) == (0, "")
    assert told.stderr == f"[burn] ingested 1 turns from {transcript}\n"


@_BOTH
def test_a_payload_that_is_no_json_fails_even_when_quiet(tmp_path: Path, semantics: str) -> None:
    told = burn(tmp_path, "ingest", "--hook", "claude", "--quiet", stdin="{oops", RELAYBURN_SEMANTICS=semantics)

    assert told.returncode == 1
    assert told.stderr.startswith("[burn] ingest: invalid JSON payload: ")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--watch", "--hook", "claude"], "burn: ingest --watch and --hook are mutually exclusive"),
        (["--hook"], "burn: ingest --hook requires a harness name"),
        (["--runtime", "x"], "burn: ingest --runtime is not supported; use --hook claude"),
        (["--hook", "codex"], "burn: unsupported hook harness: codex"),
    ],
)
def test_lenient_usage_errors_are_told_with_the_help(tmp_path: Path, words: list[str], complaint: str) -> None:
    told = burn(tmp_path, "ingest", *words, "--semantics", "ts-1.10")

    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith(f"{complaint}\n\nburn ingest")
    assert not (tmp_path / ".relayburn").exists()


def test_lenient_flags_of_a_watch_are_told_of_and_ignored(tmp_path: Path) -> None:
    told = burn(tmp_path, "ingest", "--interval", "5", "--daemon", "--nonsense", RELAYBURN_SEMANTICS="ts-1.10")

    assert told.returncode == 0
    assert told.stderr == (
        "burn: ingest --interval is only used with --watch; ignoring\n"
        "burn: ingest --daemon is only used with --watch; ignoring\n"
    )


def test_a_strict_flag_that_is_misspelt_names_the_nearest(tmp_path: Path) -> None:
    told = burn(tmp_path, "ingest", "--quite")

    assert told.returncode == 2
    assert "--quiet" in told.stderr


def test_the_ledger_goes_where_it_is_told_to(tmp_path: Path) -> None:
    leave_session(tmp_path)

    burn(tmp_path, "ingest", "--ledger-path", "elsewhere")

    assert (tmp_path / "elsewhere/ledger.jsonl").exists()
    assert not (tmp_path / ".relayburn").exists()
