"""`burn run` with programs that stand in for the harnesses and write session logs as those do."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.burning import burn

_BOTH = pytest.mark.parametrize("semantics", ["current", "ts-1.10"])
_CLAUDE = """#!/bin/sh
echo "words: $*" "persona: $RELAYBURN_PERSONA"
dir="$HOME/.claude/projects/$(pwd | tr / -)"
mkdir -p "$dir"
cat > "$dir/$2.jsonl" <<END
{"type":"user","uuid":"u","sessionId":"$2","timestamp":"2026-03-12T09:00:00.000Z","message":{"content":"hi"}}
{"type":"assistant","uuid":"a","parentUuid":"u","sessionId":"$2","timestamp":"2026-03-12T09:00:01.000Z","message":\
{"id":"m","model":"claude-haiku-4-5","content":[{"type":"text","text":"hi"}],"usage":{"output_tokens":3}}}
END
exit 3
"""


@pytest.fixture
def harnesses(tmp_path: Path) -> str:
    """A search path with a stand-in for Claude Code, and none of the others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "claude").write_text(_CLAUDE)
    (folder / "codex").write_text("#!/bin/sh\nkill -TERM $$\n")
    for name in ("claude", "codex"):
        (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def _lines(user_home: Path, kind: str) -> list[Any]:
    lines = map(json.loads, (user_home / ".relayburn/ledger.jsonl").read_text().splitlines())
    return [line for line in lines if line["kind"] == kind]


@_BOTH
def test_a_claude_session_is_tagged_before_it_begins(tmp_path: Path, harnesses: str, semantics: str) -> None:
    told = burn(
        tmp_path,
        *("run", "claude", "--tag", "persona=dev", "--tag", "harness=x", "--", "-p", "hi"),
        PATH=harnesses,
        RELAYBURN_SEMANTICS=semantics,
        RELAYBURN_PERSONA="overridden",
        RELAYBURN_TIER="",
    )

    ((stamp,), (turn,)) = _lines(tmp_path, "stamp"), _lines(tmp_path, "turn")
    session_id = stamp["selector"]["sessionId"]
    assert (told.returncode, told.stdout) == (3, f"words: --session-id {session_id} -p hi persona: dev\n")
    assert told.stderr == f"[burn] session-id={session_id}\n[burn] claude ingest: 1 session (+1 turn)\n"
    assert list(stamp["enrichment"])[:3] == ["persona", "harness", "burnSpawn"]
    assert stamp["enrichment"]["harness"] == "claude"
    assert turn["record"]["sessionId"] == session_id


@_BOTH
def test_a_harness_that_is_missing_leaves_its_stamp(tmp_path: Path, harnesses: str, semantics: str) -> None:
    told = burn(tmp_path, "run", "opencode", PATH=harnesses, RELAYBURN_SEMANTICS=semantics)

    (stamp,) = (tmp_path / ".relayburn/pending-stamps").iterdir()
    assert told.returncode == 127
    assert told.stderr.splitlines() == [
        f"[burn] opencode spawn: pending stamp {stamp.name}",
        "[burn] failed to spawn opencode: spawn opencode ENOENT",
        "[burn] opencode ingest: 0 sessions (+0 turns)",
    ]


@_BOTH
def test_a_harness_that_a_signal_ended_is_no_failure(tmp_path: Path, harnesses: str, semantics: str) -> None:
    told = burn(tmp_path, "run", "codex", PATH=harnesses, RELAYBURN_SEMANTICS=semantics)

    assert told.returncode == 0
    assert told.stderr.endswith("[burn] codex ingest: 0 sessions (+0 turns)\n")


@pytest.mark.parametrize(("words", "code"), [([], 2), (["help"], 0), (["--help"], 0)])
def test_lenient_help_is_data(tmp_path: Path, words: list[str], code: int) -> None:
    told = burn(tmp_path, "run", *words, RELAYBURN_SEMANTICS="ts-1.10")

    assert (told.returncode, told.stderr) == (code, "")
    assert told.stdout.startswith("burn run - ")


def test_a_harness_that_nobody_knows_is_a_usage_error(tmp_path: Path) -> None:
    told = burn(tmp_path, "run", "emacs", RELAYBURN_SEMANTICS="ts-1.10")

    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == 'burn: unknown harness "emacs". Known: claude, codex, opencode\n'
    assert burn(tmp_path, "run", "emacs").returncode == 2


def test_a_strict_tag_has_a_key_and_a_value(tmp_path: Path) -> None:
    assert burn(tmp_path, "run", "claude", "--tag", "novalue").returncode == 2
