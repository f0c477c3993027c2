"""`burn run` with programs that stand in for the harnesses and write session logs as those do."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from relayburn.cli.child import run_child
from relayburn.cli.shell import Shell
from relayburn.semantics import CURRENT
from tests.cli.burning import BURN, burn, burning, eventually
from tests.ledger.processes import ROOT

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


_CODEX = f"""#!{sys.executable}
import json, os, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from tests.reader.codex_lines import complete, context, log, meta, started, used
lines = meta("codex-1", cwd=os.getcwd()), context("t1", model="gpt-5.3-codex"), started("t1"), used(50, 0, 7), complete("t1")
file = Path.home() / ".codex/sessions/2026/03/04/rollout-2026-03-04T05-06-07-codex-1.jsonl"
file.parent.mkdir(parents=True)
file.write_bytes(log(*lines))
print("words:", *sys.argv[1:], "workflow:", os.environ.get("RELAYBURN_WORKFLOW_ID"))
sys.exit(4)
"""
_OPENCODE = f"""#!{sys.executable}
import os, sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from tests.reader.opencode_tree import Tree, step_finish, text, tokens
tree = Tree(Path.home() / ".local/share/opencode/storage", "ses_1", directory=os.getcwd())
tree.user("msg_1", 0, text("hi"))
path = {{"cwd": os.getcwd(), "root": os.getcwd()}}
tree.assistant("msg_2", 1, text("done"), step_finish("stop"), tokens=tokens(5, 7), path=path, finish="stop")
"""
_PATIENT = """#!/bin/sh
for signal in INT TERM HUP; do trap "echo got $signal; exit 5" $signal; done
touch "$HOME/is-running"
while :; do sleep 0.05; done
"""


@pytest.fixture
def harnesses(tmp_path: Path) -> str:
    """A search path with a stand-in for Claude Code, a Codex that a signal ends, and no OpenCode."""
    return _search_path(tmp_path, claude=_CLAUDE, codex="#!/bin/sh\nkill -TERM $$\n")


def _search_path(folder: Path, **programs: str) -> str:
    (folder / "bin").mkdir()
    for name, text in programs.items():
        (folder / "bin" / name).write_text(text)
        (folder / "bin" / name).chmod(0o755)
    return f"{folder / 'bin'}:{os.environ['PATH']}"


def _lines(user_home: Path, kind: str) -> list[Any]:
    lines = map(json.loads, (user_home / ".relayburn/ledger.jsonl").read_text().splitlines())
    return [line for line in lines if line["kind"] == kind]


def _of_run(stderr: str) -> list[str]:
    """The lines of stderr but that which greets, before a first home."""
    return [line for line in stderr.splitlines() if " is new: " not in line]


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
    assert _of_run(told.stderr) == [f"[burn] session-id={session_id}", "[burn] claude ingest: 1 session (+1 turn)"]
    assert list(stamp["enrichment"])[:3] == ["persona", "harness", "burnSpawn"]
    assert stamp["enrichment"]["harness"] == "claude"
    assert turn["record"]["sessionId"] == session_id


@_BOTH
def test_a_harness_that_is_missing_leaves_its_stamp(tmp_path: Path, harnesses: str, semantics: str) -> None:
    told = burn(tmp_path, "run", "opencode", PATH=harnesses, RELAYBURN_SEMANTICS=semantics)

    (stamp,) = (tmp_path / ".relayburn/pending-stamps").iterdir()
    assert told.returncode == 127
    assert _of_run(told.stderr) == [
        f"[burn] opencode spawn: pending stamp {stamp.name}",
        "[burn] failed to spawn opencode: spawn opencode ENOENT",
        "[burn] opencode ingest: 0 sessions (+0 turns)",
    ]


@_BOTH
def test_a_harness_that_a_signal_ended_is_no_failure(tmp_path: Path, harnesses: str, semantics: str) -> None:
    told = burn(tmp_path, "run", "codex", PATH=harnesses, RELAYBURN_SEMANTICS=semantics)

    assert told.returncode == 0
    assert told.stderr.endswith("[burn] codex ingest: 0 sessions (+0 turns)\n")


@_BOTH
@pytest.mark.parametrize("name", ["codex", "opencode"])
def test_a_session_that_is_recognised_is_tagged(tmp_path: Path, name: str, semantics: str) -> None:
    told = burn(
        tmp_path,
        *("run", name, "--tag", "workflowId=w1", "--", "exec", "hi"),
        PATH=_search_path(tmp_path, codex=_CODEX, opencode=_OPENCODE),
        RELAYBURN_SEMANTICS=semantics,
    )

    ((stamp,), (turn,)) = _lines(tmp_path, "stamp"), _lines(tmp_path, "turn")
    assert told.returncode == (4 if name == "codex" else 0)
    assert told.stdout == ("words: exec hi workflow: w1\n" if name == "codex" else "")
    assert _of_run(told.stderr)[1:] == [f"[burn] {name} ingest: 1 session (+1 turn)"]
    assert stamp["selector"]["sessionId"] == turn["record"]["sessionId"]
    assert stamp["enrichment"].items() >= {"workflowId": "w1", "harness": name, "burnSpawn": "1"}.items()
    assert list((tmp_path / ".relayburn/pending-stamps").iterdir()) == []


def test_a_session_in_a_folder_of_its_own_is_tagged(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    moved = _CODEX.replace('Path.home() / ".codex/', 'Path(os.environ["CODEX_HOME"]) / "')

    told = burn(tmp_path, "run", "codex", PATH=_search_path(tmp_path, codex=moved), CODEX_HOME=str(elsewhere))

    assert told.returncode == 4
    assert len(_lines(tmp_path, "stamp")) == 1


@pytest.mark.parametrize(
    ("name", "number", "semantics"),
    [
        ("claude", signal.SIGINT, "current"),
        ("codex", signal.SIGINT, "current"),
        ("codex", signal.SIGTERM, "ts-1.10"),
        ("claude", signal.SIGHUP, "current"),
    ],
)
def test_signals_go_to_the_harness_which_is_waited_for(tmp_path: Path, name: str, number: int, semantics: str) -> None:
    search_path = _search_path(tmp_path, claude=_PATIENT, codex=_PATIENT)
    with burning(tmp_path, "run", name, PATH=search_path, RELAYBURN_SEMANTICS=semantics) as process:
        eventually((tmp_path / "is-running").exists)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=30)

    assert process.returncode == 5
    assert stdout == f"got {signal.Signals(number).name.removeprefix('SIG')}\n"
    assert stderr.endswith(f"[burn] {name} ingest: 0 sessions (+0 turns)\n")


def test_a_signal_that_does_not_interrupt_the_wait_is_passed_on_at_once(tmp_path: Path) -> None:
    is_running = tmp_path / "is-running"
    patient = f"trap 'exit 5' TERM; touch {is_running}; for i in $(seq 200); do sleep 0.05; done"

    def receive() -> None:
        eventually(is_running.exists)
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    with (tmp_path / "streams").open("w+") as streams:
        shell = Shell({}, str(tmp_path), streams, streams, streams, CURRENT)
        code = run_child(shell, ["sh", "-c", patient], os.environ, threading.Thread(target=receive).start)

    assert code == 5


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are asked for as Unix has them")
def test_ctrl_c_on_a_terminal_reaches_the_harness_once(tmp_path: Path) -> None:
    import pty

    counting = """#!/bin/sh
        count=0
        trap 'count=$((count + 1))' INT
        touch "$HOME/is-running"
        for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; done
        echo "interrupts: $count"
    """
    environ = {"PATH": _search_path(tmp_path, claude=counting), "HOME": str(tmp_path)}
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(BURN, ["burn", "run", "claude"], environ)
    eventually((tmp_path / "is-running").exists)
    os.write(terminal, b"\x03")
    said = b""
    with suppress(OSError):
        while data := os.read(terminal, 4096):
            said += data
    os.close(terminal)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert b"interrupts: 1\r\n" in said
    assert b"[burn] claude ingest: 0 sessions (+0 turns)" in said


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
