"""`burn ingest`, once and for a hook, under both readings of the command line."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.cli.burning import SESSION, burn, burning, eventually, leave_session

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
    assert told.stderr.splitlines()[0] == f"[burn] ingested 1 turns from {transcript}"


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


def test_the_first_run_says_what_is_kept_where(tmp_path: Path) -> None:
    without_sessions = burn(tmp_path, "ingest").stderr
    leave_session(tmp_path)
    first, second = (burn(tmp_path, "ingest").stderr for _ in range(2))

    assert " is new: " not in without_sessions
    assert first.count("\n") == 1
    assert str(tmp_path / ".relayburn") in first
    assert "RELAYBURN_CONTENT_STORE=off" in first
    assert second == ""


def test_a_first_run_that_keeps_no_content_does_not_say_so(tmp_path: Path) -> None:
    leave_session(tmp_path)

    assert "nothing of what was said" in burn(tmp_path, "ingest", RELAYBURN_CONTENT_STORE="off").stderr


@pytest.mark.parametrize(
    "words", [["ingest", "--hook", "claude", "--quiet"], ["ingest", "--semantics", "ts-1.10"], ["state"]]
)
def test_quiet_hooks_and_the_reference_greet_nobody(tmp_path: Path, words: list[str]) -> None:
    payload = {"session_id": SESSION, "transcript_path": str(leave_session(tmp_path)), "hook_event_name": "Stop"}

    assert burn(tmp_path, *words, stdin=json.dumps(payload)).stderr == ""


def test_damaged_lines_and_stores_that_nobody_reads_are_told(tmp_path: Path) -> None:
    log = leave_session(tmp_path)
    log.write_text(f"{{broken\n{log.read_text()}also broken\n")
    database = tmp_path / ".local/share/opencode/opencode.db"
    later_home = tmp_path / ".agentworkforce/burn/burn.sqlite"
    for file in (database, later_home):
        file.parent.mkdir(parents=True)
        file.touch()

    told = burn(tmp_path, "ingest").stderr.splitlines()[1:]
    of_reference = burn(tmp_path, "ingest", RELAYBURN_SEMANTICS="ts-1.10", RELAYBURN_HOME=str(tmp_path / "other"))

    assert told == [
        f"[burn] {log}: 2 lines no JSON, left out",
        f"[burn] {database}: sessions of OpenCode in a database, which cannot be read; all figures are without it",
        f"[burn] {later_home.parent}: home of relayburn 4, which cannot be read; all figures are without it",
    ]
    assert of_reference.stderr == ""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_pass_after_the_file_at_hand(tmp_path: Path, number: int, code: int) -> None:
    for session in range(1000):
        leave_session(tmp_path, f"s{session}")
    with burning(tmp_path, "ingest") as process:
        ledger = tmp_path / ".relayburn/ledger.jsonl"
        eventually(ledger.exists)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)
    cursors = json.loads((tmp_path / ".relayburn/cursors.json").read_text())["files"]
    turns = [line for line in ledger.read_text().splitlines() if '"kind":"turn"' in line]

    assert process.returncode == code
    assert stderr.endswith("stopped before the end; what was read is kept, the next pass reads the rest\n")
    ending = "" if len(turns) == 1 else "s"
    assert stdout == f"[burn] ingest: ingested {len(turns)} session{ending} (+{len(turns)} turn{ending})\n"
    assert 0 < len(turns) == len(cursors) < 1000


def test_the_ledger_goes_where_it_is_told_to(tmp_path: Path) -> None:
    leave_session(tmp_path)

    burn(tmp_path, "ingest", "--ledger-path", "elsewhere")

    assert (tmp_path / "elsewhere/ledger.jsonl").exists()
    assert not (tmp_path / ".relayburn").exists()
