"""How `burn` ends: one line for what failed, one exit code for each way, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.burning import BURN, burn, leave_session
from tests.cli.terminals import burn_on_terminal


def _one_line(stderr: str) -> str:
    (line,) = stderr.splitlines()
    assert line.startswith("burn: ")
    return line


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ingst"], "No such command 'ingst'. Did you mean 'ingest'? See 'burn --help'."),
        (["state", "rebild"], "No such command 'rebild'. Did you mean 'rebuild'? See 'burn state --help'."),
        (
            ["ingest", "--quite"],
            "No such option '--quite' of burn ingest. Did you mean '--quiet'? See 'burn ingest --help'.",
        ),
        (
            ["doctor", "--jsno"],
            "No such option '--jsno' of burn doctor. Did you mean '--json'? See 'burn doctor --help'.",
        ),
        (["--frobnicate"], "Did you mean '--"),
        (
            ["doctor", "--hook"],
            "No such option '--hook' of burn doctor. It is one of burn ingest. See 'burn doctor --help'.",
        ),
        (
            ["state", "--json"],
            "No such option '--json' of burn state. It is one of burn state export-sqlite, burn state fingerprint,",
        ),
        (["--hook", "ingest"], "No such option '--hook' of burn. It is one of burn ingest, and stands after the name."),
        (["state", "rebuild"], "burn state rebuild needs one of all, archive, "),
        (["ingest", "--hook", "codex"], "Invalid value for '--hook': 'codex' is not 'claude'."),
        (["ingest", "extra"], "Got unexpected extra argument (extra)."),
        (
            ["ingest", "--semantics", "ts-2"],
            "Invalid value for '--semantics': 'ts-2' is not one of 'current', 'ts-1.10'.",
        ),
    ],
)
def test_words_that_make_no_sense_are_told_in_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    ended = burn(tmp_path, *words)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert told in _one_line(ended.stderr)
    assert not (tmp_path / ".relayburn").exists()


def test_a_failure_is_one_line_that_says_what_where_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    leave_session(tmp_path)

    ended = burn(tmp_path, "ingest", RELAYBURN_HOME=str(tmp_path / "file"))

    assert (ended.returncode, ended.stdout) == (1, "")
    line = _one_line(ended.stderr)
    assert line.startswith(f"burn: cannot write {tmp_path}/file")
    assert line.endswith("; something else has that name: move it away, or name another home with --ledger-path")


@pytest.mark.parametrize("words", [["--debug", "prices"], ["prices", "--debug"]])
def test_debug_shows_where_an_error_came_from(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / ".relayburn").mkdir()
    (tmp_path / ".relayburn/models.dev.json").write_text("{")

    ended = burn(tmp_path, *words)

    assert ended.returncode == 1
    assert "Traceback" in ended.stderr
    assert "PriceFileUnreadable" in ended.stderr


def test_an_error_that_nobody_foresaw_asks_to_be_reported() -> None:
    script = "from relayburn.cli.ending import ended; print(ended(lambda: {}['gone'], []))"

    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert told.stdout == "1\n"
    assert _one_line(told.stderr).startswith(
        "burn: this is a bug of burn: KeyError: 'gone' (relayburn/cli/ending.py, line "
    )
    assert told.stderr.endswith("please report it with what --debug shows\n")


def test_a_folder_that_is_gone_is_no_bug(tmp_path: Path) -> None:
    script = f"mkdir gone; cd gone; rmdir ../gone; exec '{BURN}' doctor"

    told = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert told.returncode == 1
    assert _one_line(told.stderr) == "burn: the current folder no longer exists; change to another one"


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["prices"], ["prices", "--json"]])
def test_a_reader_that_has_had_enough_is_no_failure(tmp_path: Path, words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    told = subprocess.run(
        [BURN, *words], stdout=writer, stderr=subprocess.PIPE, env={"HOME": str(tmp_path)}, check=False
    )
    os.close(writer)

    assert (told.returncode, told.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [["--version"], ["prices"]])
def test_output_that_cannot_be_written_is_a_failure(tmp_path: Path, words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(
            [BURN, *words], stdout=full, stderr=subprocess.PIPE, text=True, env={"HOME": str(tmp_path)}, check=False
        )

    assert told.returncode == 1
    assert "No space left" in _one_line(told.stderr)


def test_closed_streams_are_no_failure(tmp_path: Path) -> None:
    script = f"exec '{BURN}' prices opus <&- >&- 2>&-"

    assert subprocess.run(["sh", "-c", script], env={"HOME": str(tmp_path)}, check=False).returncode == 0


def test_text_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    (tmp_path / ".relayburn").mkdir()
    (tmp_path / ".relayburn/models.dev.json").write_text(
        '{"me": {"models": {"модель": {"cost": {"input": 1, "output": 2}}}}}'
    )

    told = burn(tmp_path, "prices", "модель", LC_ALL="C", PYTHONIOENCODING="ascii")

    assert told.returncode == 0
    assert told.stdout.splitlines()[1].startswith("модель")


@pytest.mark.parametrize("module", ["click", "relayburn.errors", "relayburn.cli.doctor", "relayburn.sdk.diagnosis"])
def test_ctrl_c_while_something_is_imported_ends_quietly(tmp_path: Path, module: str) -> None:
    script = (
        "import builtins, os, signal, sys\n"
        "from relayburn.cli import main\n"
        "real = builtins.__import__\n"
        "def importing(name, *rest):\n"
        f"    if name == {module!r}:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = importing\n"
        "sys.argv = ['burn', 'doctor']\n"
        "sys.exit(main())\n"
    )

    told = subprocess.run(
        [sys.executable, "-c", script], env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert (told.returncode, told.stdout, told.stderr) == (130, "", "")


def test_ctrl_c_in_a_pass_keeps_what_was_read(tmp_path: Path) -> None:
    for number in range(400):
        leave_session(tmp_path, f"c0ffee00-0000-4000-8000-{number:012}")

    ended = burn_on_terminal(tmp_path, "ingest", interrupt_after=0.3)
    if ended.returncode == 0:
        pytest.skip("the machine was faster than we")
    locks = [path.name for path in (tmp_path / ".relayburn").glob("*.lock")] if ended.returncode == 130 else None
    again = burn(tmp_path, "ingest")

    assert ended.returncode == 130
    assert "Traceback" not in ended.text
    assert locks == []
    assert again.returncode == 0
    assert burn(tmp_path, "ingest").stdout == "[burn] ingest: ingested 0 sessions (+0 turns)\n"


@pytest.mark.parametrize("after", [0.0, 0.2, 0.5])
def test_ctrl_c_ends_the_processes_that_read_as_quietly(tmp_path: Path, after: float) -> None:
    # More than one process reads alone.
    for number in range(6):
        session = leave_session(tmp_path, f"c0ffee00-0000-4000-8000-{number:012}")
        session.write_text(session.read_text().replace("say hi", "say hi " * 300_000))

    ended = burn_on_terminal(tmp_path, "ingest", interrupt_after=after)

    assert ended.returncode in (130, 0)
    assert "Traceback" not in ended.text


def test_ctrl_c_shows_no_traceback_whenever_it_is_pressed(tmp_path: Path) -> None:
    script = "import sys; from relayburn.cli import main; sys.argv = ['burn', 'ingest']; print('ready', flush=True); sys.exit(main())"
    leave_session(tmp_path)
    codes = set()
    for wait in (0.01, 0.03, 0.06, 0.1, 0.15):
        with subprocess.Popen(
            [sys.executable, "-c", script],
            env={"HOME": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(wait)
            process.send_signal(2)
            _, stderr = process.communicate()
        codes.add(process.returncode)
        assert "Traceback" not in stderr

    # Between the last of our work and the end of the process, the system itself ends it.
    assert codes <= {130, 0, -2}
