"""The gate as a command: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conformance.corpus import PROJECT_ROOT
from tests.conformance.tiny import TinyCorpus

DRIVER = shlex.join([sys.executable, str(Path(__file__).with_name("driver.py"))])


def gate(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command from the project's folder."""
    return subprocess.run(
        [sys.executable, "-m", "conformance", *map(str, arguments)],
        cwd=PROJECT_ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def record_a_hash(corpus: TinyCorpus, output: str = "e3b0c44298fc1c14") -> Path:
    """An exchange that our own stages answer, rightly by default."""
    return corpus.answers(output, protocol="relayburn.reader.hash.content_hash", args={"json": '""'})


def test_a_build_that_answers_as_recorded_ships(corpus: TinyCorpus) -> None:
    record_a_hash(corpus)

    ended = gate("--corpus", corpus.root)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "1 exchange: 1 match" in ended.stdout
    assert ended.stdout.endswith("PASS: all exchanges match, are declared or are pending\n")


def test_one_that_does_not_is_told_what_to_replay(corpus: TinyCorpus) -> None:
    record_a_hash(corpus)
    record_a_hash(corpus, "0000000000000000")

    ended = gate("--corpus", corpus.root)

    assert ended.returncode == 1
    command = next(line.strip() for line in ended.stdout.split("\n") if "python -m conformance" in line)
    assert command == f"python -m conformance --corpus {shlex.quote(str(corpus.root))} recordings/tiny/case.jsonl:2"
    again = gate(*shlex.split(command)[3:])
    assert (again.returncode, "1 exchange: 1 diverged" in again.stdout) == (1, True)


def test_json_is_one_object_and_nothing_else(corpus: TinyCorpus) -> None:
    record_a_hash(corpus, "0000000000000000")

    ended = gate("--corpus", corpus.root, "--json")
    told: dict[str, Any] = json.loads(ended.stdout)

    assert (ended.returncode, told["exit_code"], told["exchanges"], told["diverged"]) == (1, 1, 1, 1)
    assert told["divergences"] == [
        {
            "verdict": "diverged",
            "protocol": "relayburn.reader.hash.content_hash",
            "case": "case",
            "file": "recordings/tiny/case.jsonl",
            "line": 1,
            "path": "$",
            "expected": "0000000000000000",
            "actual": "e3b0c44298fc1c14",
            "usd_delta": None,
            "message": "",
        }
    ]
    assert 0 <= told["stage_seconds"] <= told["seconds"]


def test_all_reports_are_written_at_once(corpus: TinyCorpus, tmp_path: Path) -> None:
    record_a_hash(corpus, "0000000000000000")
    files = {name: tmp_path / f"report.{name}" for name in ("junit", "markdown", "html")}

    ended = gate("--corpus", corpus.root, *(part for name, file in files.items() for part in (f"--{name}", file)))

    assert ended.returncode == 1
    assert ElementTree.parse(files["junit"]).find(".//failure") is not None
    assert files["markdown"].read_text().startswith("# Replay of the recordings")
    assert files["html"].read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--corpus", "/no/such/folder"], "no corpus: /no/such/folder holds neither recordings nor fixtures"),
        (["nope.jsonl"], "no such recording: nope.jsonl"),
        (["--case", "misspelt"], "no exchange was replayed: nothing in the corpus is so selected"),
        (["--subject", "/no/such/program"], "it does not start"),
        (["--jobs", "0"], "0 is not in the range"),
        (["--timeout", "0"], "0.0 is not in the range"),
        (["--require", "some"], "'some' is not one of 'offered', 'all'"),
        (["--shuffle", "now"], "'now' is not a valid integer"),
        (["--declared", "/no/such/file"], "does not exist"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_what_cannot_be_done_ends_with_2_and_says_why(corpus: TinyCorpus, arguments: list[str], said: str) -> None:
    record_a_hash(corpus)

    ended = gate(*([] if "--corpus" in arguments else ["--corpus", str(corpus.root)]), *arguments)

    assert ended.returncode == 2
    assert said in ended.stdout + ended.stderr


def test_an_unreadable_recording_ends_with_2_although_the_rest_matches(corpus: TinyCorpus) -> None:
    record_a_hash(corpus)
    (corpus.root / "recordings/tiny/torn.jsonl").write_bytes(b'{"recv_ts_ns":1')

    ended = gate("--corpus", corpus.root, "--json")
    told = json.loads(ended.stdout)

    assert (ended.returncode, told["match"]) == (2, 1)
    assert (told["problems"][0]["kind"], told["problems"][0]["file"]) == (
        "unreadable recording",
        "recordings/tiny/torn.jsonl",
    )


def test_an_external_subject_is_judged_in_several_jobs(corpus: TinyCorpus) -> None:
    for number in range(20):
        corpus.answers(number, args={"do": "answer", "with": number})
    corpus.answers(1, args={"do": "abort"})

    told = json.loads(gate("--corpus", corpus.root, "--subject", DRIVER, "--jobs", "2", "--json").stdout)

    assert (told["subject"], told["match"], told["error"]) == ("driver 0.1", 20, 1)


def test_declared_and_pending_files_may_be_given(corpus: TinyCorpus, tmp_path: Path) -> None:
    corpus.answers(1, args={"do": "answer", "with": 2})
    corpus.answers(1, args={"do": "exit"}, case="later")
    declared, pending = tmp_path / "declared.toml", tmp_path / "pending.toml"
    declared.write_text(
        '[[declared]]\nprotocol = "relayburn.tiny"\ncase = "case"\nline = 1\npath = "$"\n'
        'expected = 1\nactual = 2\nreason = "known"\n'
    )
    pending.write_text('[[pending]]\nprotocol = "relayburn.tiny"\ncases = ["later"]\nreason = "soon"\n')

    ended = gate("--corpus", corpus.root, "--subject", DRIVER, "--declared", declared, "--pending", pending, "--json")
    told = json.loads(ended.stdout)

    assert (ended.returncode, told["declared"], told["pending"]) == (0, 1, 1)
    pending.write_text('[[pending]]\nprotocol = "relayburn.gone"\nreason = "soon"\n')
    assert gate("--corpus", corpus.root, "--subject", DRIVER, "--pending", pending).returncode == 1


def test_the_help_names_every_option_and_exit_code() -> None:
    said = gate("--help").stdout

    for option in ("--protocol", "--area", "--case", "--subject", "--timeout", "--require", "--jobs", "--shuffle"):
        assert option in said
    for option in ("--corpus", "--declared", "--pending", "--json", "--junit", "--markdown", "--html", "Exit codes:"):
        assert option in said


@pytest.mark.parametrize("where", [".", "/"])
def test_the_gate_finds_its_corpus_from_anywhere(where: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "conformance", "--protocol", "relayburn.reader.hash.*", "--json"],
        cwd=where,
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, json.loads(ended.stdout)["exchanges"] > 0) == (0, True)
