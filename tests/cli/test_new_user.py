"""A new user's first commands: where there is nothing yet, and where there are logs."""

from __future__ import annotations

import io
import os
import shlex
import sys
from pathlib import Path

import pytest

from relayburn.cli.ending import FAILED, fail
from relayburn.cli.strict import COMMANDS, run_strictly
from relayburn.errors import NothingFound
from tests.cli.burning import burn, leave_session

_NOTHING_YET = {
    "summary": (0, "no session was found yet"),
    "summary --json": (0, "no session was found yet"),
    "hotspots": (0, "no session was found yet"),
    "hotspots --session abc": (1, "no turns found for session abc"),
    "overhead": (1, "looked for CLAUDE.md, .claude/CLAUDE.md, AGENTS.md"),
    "overhead trim": (1, "looked for CLAUDE.md, .claude/CLAUDE.md, AGENTS.md"),
    "compare": (2, "burn compare --help"),
    "compare claude-opus-4-7,gpt-5": (0, "no session was found yet"),
    "ingest": (0, "no session was found yet"),
    "ingest --hook claude": (0, "empty stdin payload"),
    "run": (2, "claude, codex, opencode"),
    "run claude": (127, "failed to spawn claude"),
    "state": (0, "burn state rebuild archive"),
    "content": (2, "burn content needs one of purge"),
    "content purge": (0, "removed the content of 0 sessions"),
    "state reingest": (0, "read 0 turns of 0 of 0 sessions again"),
    "state prune": (0, "pruned 0 content files"),
    "state reset": (0, "re-run with --force to apply"),
    "state rebuild": (2, "needs one of all, archive"),
    "prices no-such-model": (1, "models.dev.json"),
    "daily": (0, "no session was found yet"),
    "weekly": (0, "no session was found yet"),
    "monthly": (0, "no session was found yet"),
    "blocks": (0, "no session was found yet"),
    "budget": (2, "--limit"),
    "budget --limit 5": (0, "no session was found yet"),
    "statusline --wait": (0, "$0.00 today"),
    "doctor": (1, "CLAUDE_CONFIG_DIR"),
    "completion": (2, "bash"),
}
"""Words, the code that they end with in an empty home, and what is said of what is missing or to be done."""


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a user who has nothing but Python, and is in it."""
    for name in os.environ:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", os.defpath)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("empty_home")
@pytest.mark.parametrize("words", _NOTHING_YET)
def test_an_empty_home_says_what_is_missing_and_what_to_do(words: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = _NOTHING_YET[words]

    ended = _ended(shlex.split(words))

    told = capfd.readouterr()
    assert ended == code, told.err
    assert said in told.out + told.err
    assert "Traceback" not in told.err


def _ended(words: list[str]) -> int:
    """How `burn words` ends, without listening for signals."""
    try:
        return run_strictly(words)
    except NothingFound as error:
        fail(str(error))
        return FAILED


def test_every_command_is_tried_in_an_empty_home() -> None:
    # The server talks to a program, not to a user.
    assert {words.split()[0] for words in _NOTHING_YET} >= COMMANDS.keys() - {"mcp-server"}


def test_with_logs_two_commands_give_the_answer(tmp_path: Path) -> None:
    leave_session(tmp_path)

    ingested, answer = burn(tmp_path, "ingest"), burn(tmp_path, "summary")

    assert (ingested.returncode, answer.returncode) == (0, 0)
    assert ingested.stdout == "[burn] ingest: ingested 1 session (+1 turn)\n"
    assert "turns analyzed: 1" in answer.stdout
    row = next(line for line in answer.stdout.splitlines() if line.startswith("claude-haiku-4-5"))
    assert row.split()[:4] == ["claude-haiku-4-5", "1", "10", "3"]
    assert "total cost: $0.0000" in answer.stdout
    assert answer.stderr == ""


def test_a_new_home_is_private_and_says_what_it_keeps(tmp_path: Path) -> None:
    leave_session(tmp_path)

    told = burn(tmp_path, "summary")

    home = tmp_path / ".relayburn"
    assert f"{home} is new: it keeps what your sessions cost" in told.stderr
    assert {oct(path.stat().st_mode & 0o077) for path in [home, *home.rglob("*")]} == {"0o0"}


def test_what_is_asked_for_is_said_by_the_first_help(tmp_path: Path) -> None:
    text = burn(tmp_path).stdout

    assert all(f"  {name} " in text for name in COMMANDS)
    assert "burn ingest" in text
    assert "list-price equivalents" in text
