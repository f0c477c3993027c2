"""A subject that is a program, and all the ways in which one can fail."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conformance.entries import ABSENT
from conformance.errors import SubjectUnusable
from conformance.external import External
from conformance.verdict import Verdict
from tests.conformance.tiny import TinyCorpus, only, replay

DRIVER = Path(__file__).with_name("driver.py")
TIMEOUT = 2.0


def driver(how: str = "well") -> str:
    """The command of the driver."""
    return shlex.join([sys.executable, str(DRIVER), how])


def do(corpus: TinyCorpus, expected: Any, deed: str, given: Any = None, **options: Any) -> None:
    """Record an exchange that was answered by `expected`, in which the driver does `deed`."""
    corpus.answers(expected, args={"do": deed, "with": given}, **options)


@pytest.mark.parametrize(
    ("deed", "given", "verdict", "told"),
    [
        ("answer", 1, Verdict.MATCH, ""),
        ("answer", True, Verdict.DIVERGED, ""),
        ("nan", None, Verdict.DIVERGED, ""),
        ("large", 300_000, Verdict.DIVERGED, ""),
        ("exit", 3, Verdict.ERROR, "early exit: exited with code 3 before answering"),
        ("exit", 0, Verdict.ERROR, "early exit: exited with code 0 before answering"),
        ("abort", None, Verdict.ERROR, "early exit: was killed by SIGABRT before answering"),
        ("torn", None, Verdict.ERROR, "early exit: exited with code 0 in the middle of a line"),
        ("mute", None, Verdict.ERROR, "early exit: closed its output before answering"),
        ("hang", None, Verdict.ERROR, "hang: no answer within 2 s"),
        ("drip", None, Verdict.ERROR, "hang: no answer within 2 s"),
        ("deaf", None, Verdict.ERROR, "hang: no answer within 2 s"),
        ("raw", "not json", Verdict.ERROR, "garbage: no JSON: 'not json'"),
        ("raw", "[1]", Verdict.ERROR, "garbage: no JSON object: '[1]'"),
        ("raw", "", Verdict.ERROR, "garbage: no JSON: ''"),
        ("raw", "\x00\x01", Verdict.ERROR, "garbage: no JSON"),
        ("raw", '{"id": ID}', Verdict.ERROR, "garbage: an answer holds either output or error"),
        (
            "raw",
            '{"id": ID, "output": 1, "error": {}}',
            Verdict.ERROR,
            "garbage: an answer holds either output or error",
        ),
        ("raw", '{"id": ID, "error": "no"}', Verdict.ERROR, "garbage: an error holds name and message"),
        ("raw", '{"id": "ID", "output": 1}', Verdict.ERROR, "garbage: answered id '2' while 2 was asked"),
        ("raw", '{"id": 77, "output": 1}', Verdict.ERROR, "garbage: answered id 77 while 2 was asked"),
        ("raw", '{"id": true, "output": 1}', Verdict.ERROR, "garbage: answered id True while 2 was asked"),
        ("raw", '{"output": 1}', Verdict.ERROR, "garbage: answered id None while 2 was asked"),
        ("complain and exit", None, Verdict.ERROR, "stderr: panicked at src/main.rs:7"),
        ("error", {"name": "Refused", "message": "no"}, Verdict.DIVERGED, ""),
        ("error", {"name": "TypeError", "message": "no"}, Verdict.ERROR, "crash: TypeError: no"),
    ],
)
def test_whatever_it_does_is_told_and_the_run_goes_on(
    corpus: TinyCorpus, deed: str, given: Any, verdict: Verdict, told: str
) -> None:
    do(corpus, "before", "answer", "before")
    do(corpus, 1, deed, given)
    do(corpus, "after", "answer", "after")

    before, result, after = replay(corpus, None, subject=driver(), timeout=TIMEOUT).results

    assert (before.verdict, after.verdict) == (Verdict.MATCH, Verdict.MATCH)
    assert result.verdict is verdict
    assert told in result.message


def test_a_second_answer_to_one_request_is_told_at_the_latest_with_the_next(corpus: TinyCorpus) -> None:
    do(corpus, 1, "twice", 1)
    do(corpus, "next", "answer", "next")
    do(corpus, "after", "answer", "after")

    *first, after = replay(corpus, None, subject=driver()).results

    (told,) = [result.message for result in first if result.verdict is Verdict.ERROR]
    assert told.startswith(("garbage: more than one line for one request", "garbage: answered id 1 while 2 was asked"))
    assert after.verdict is Verdict.MATCH


def test_a_flood_on_stderr_neither_blocks_nor_counts_but_is_noted(corpus: TinyCorpus) -> None:
    do(corpus, "heard", "flood stderr", 2_000_000)
    do(corpus, "after", "answer", "after")

    outcome = replay(corpus, None, subject=driver(), timeout=30.0)

    assert outcome.exit_code == 0
    assert outcome.notes == ("the subject wrote 36000012 bytes to stderr, the last line: ['last words']",)


def test_large_requests_and_answers_pass_at_once(corpus: TinyCorpus) -> None:
    do(corpus, "y" * 3_000_000, "answer", "y" * 3_000_000)

    assert only(replay(corpus, None, subject=driver(), timeout=30.0)).verdict is Verdict.MATCH


@pytest.mark.parametrize(
    ("recorded", "error", "verdict"),
    [
        ("anything", {"name": "Refused", "message": "in other words"}, Verdict.MATCH),
        ("anything", {"name": "TypeError", "message": "x"}, Verdict.ERROR),
        ("anything", {"name": "NotImplementedError", "message": "x"}, Verdict.ERROR),
        ("anything", {"name": "TypeError", "message": "x", "documented": True}, Verdict.MATCH),
        ("anything", {"name": "Refused", "message": "x", "documented": False}, Verdict.ERROR),
        (
            "compare: needs at least 2 models",
            {"name": "Refused", "message": "compare: one is too few"},
            Verdict.DIVERGED,
        ),
    ],
)
def test_only_a_documented_failure_equals_the_references(
    corpus: TinyCorpus, recorded: str, error: dict[str, Any], verdict: Verdict
) -> None:
    corpus.fails(recorded, "TypeError", args={"do": "error", "with": error})

    assert only(replay(corpus, None, subject=driver())).verdict is verdict


def test_an_answer_where_the_reference_failed_diverges(corpus: TinyCorpus) -> None:
    corpus.fails("no", args={"do": "answer", "with": 1})

    (found,) = only(replay(corpus, None, subject=driver())).divergences
    assert (found.path, found.expected, found.actual) == ("$", {"error": {"name": "Error", "message": "no"}}, 1)


def test_it_is_told_where_the_files_are(corpus: TinyCorpus) -> None:
    inputs = [corpus.fixture("fixtures/tiny/case/log", "log")]
    args = {"cwd": "/corpus/fixtures/tiny", "surrogate": "\ud800", "huge": 1e400, "long": 12345678901234567890}
    corpus.answers(None, args=args, config={"state": "fresh"}, inputs=inputs)

    (found,) = only(replay(corpus, None, subject=driver())).divergences

    assert found.actual == {
        "id": 1,
        "protocol": "relayburn.tiny",
        "semantics": "ts-1.10",
        "root": "/corpus",
        "request": {"input": [{"path": "fixtures/tiny/case/log"}], "config": {"state": "fresh"}, "args": args},
    }


def test_protocols_it_does_not_offer_are_left_out_and_shown(corpus: TinyCorpus) -> None:
    do(corpus, 1, "answer", 1)
    do(corpus, 1, "answer", 1, protocol="relayburn.other.part")
    do(corpus, 1, "answer", 1, protocol="relayburn.else")

    offered = replay(corpus, None, subject=driver())
    required = replay(corpus, None, subject=driver(), requires_all=True)

    assert [result.verdict for result in offered.results] == [Verdict.MATCH, Verdict.MATCH]
    assert (offered.left_out, offered.exit_code) == ({"relayburn.else": 1}, 0)
    assert [result.verdict for result in required.results] == [Verdict.MATCH, Verdict.MATCH, Verdict.UNSUPPORTED]
    assert (required.left_out, required.exit_code) == ({}, 1)


def test_a_subject_that_offers_nothing_of_it_has_proved_nothing(corpus: TinyCorpus) -> None:
    do(corpus, 1, "answer", 1, protocol="relayburn.else")

    outcome = replay(corpus, None, subject=driver())

    assert outcome.exit_code == 2
    assert "offers none" in outcome.problems[0].message


def test_what_it_admits_in_its_handshake_holds(corpus: TinyCorpus) -> None:
    do(corpus, 1, "answer", 2, case="known")
    do(corpus, 1, "exit", 1, case="later")

    outcome = replay(corpus, None, subject=driver("admitting"))

    assert [result.verdict for result in outcome.results] == [Verdict.DECLARED, Verdict.PENDING]
    assert outcome.exit_code == 0


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (driver("dead"), "exited with code 1 before answering\nstderr: cannot start"),
        (driver("wrongly"), 'the handshake must say "start": 1'),
        (driver("anonymous"), "the handshake lacks name or version"),
        ("/no/such/program", "it does not start"),
        ("'open quote", "is no command"),
        ("", "is empty"),
    ],
)
def test_a_program_that_does_not_introduce_itself_cannot_be_judged(corpus: TinyCorpus, command: str, why: str) -> None:
    do(corpus, 1, "answer", 1)

    with pytest.raises(SubjectUnusable) as error:
        replay(corpus, None, subject=command, timeout=TIMEOUT)

    assert why in str(error.value)


def test_a_program_that_stays_silent_at_its_start_cannot_be_judged(tmp_path: Path) -> None:
    with pytest.raises(SubjectUnusable, match="no handshake: no answer within"):
        External(driver("silently"), TIMEOUT, tmp_path, seconds_to_start=0.5)


def test_a_program_that_starts_only_once_is_given_up(corpus: TinyCorpus, tmp_path: Path) -> None:
    once = tmp_path / "once.sh"
    once.write_text(f'if [ -e "{tmp_path}/started" ]; then exit 9; fi; touch "{tmp_path}/started"; exec {driver()}\n')
    for _ in range(6):
        do(corpus, 1, "exit", 1)

    started = time.monotonic()
    messages = [result.message for result in replay(corpus, None, subject=f"sh {once}", timeout=TIMEOUT).results]

    assert messages[0].startswith("early exit")
    assert all(message.startswith("no start") for message in messages[1:])
    assert messages[-1] == "no start: given up after 3 failed starts"
    assert time.monotonic() - started < 20


def test_nothing_of_it_survives_the_run(corpus: TinyCorpus, tmp_path: Path) -> None:
    child = tmp_path / "parent.sh"
    child.write_text(f'sleep 300 & echo $! > "{tmp_path}/pid"; exec {driver()}\n')
    do(corpus, 1, "answer", 1)

    assert replay(corpus, None, subject=f"sh {child}").exit_code == 0

    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while _is_alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_absent_stays_absent_between_processes(corpus: TinyCorpus) -> None:
    do(corpus, {"a": 1}, "answer", {})
    do(corpus, {"a": 1}, "answer", {})

    outcome = replay(corpus, None, subject=driver(), jobs=2)

    assert [result.divergences[0].actual for result in outcome.results] == [ABSENT, ABSENT]
