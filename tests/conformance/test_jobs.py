"""Several processes: the same outcome, and none of them can take the run with it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.errors import SubjectUnusable
from conformance.outcome import RunOutcome
from conformance.verdict import Result, Verdict
from tests.conformance.tiny import TinyCorpus
from tests.conformance.tiny import replay as replay_tiny

DRIVER = shlex.join([sys.executable, str(Path(__file__).with_name("driver.py"))])


def told(outcome: RunOutcome) -> list[Result]:
    """The results, without their times."""
    return [replace(result, seconds=0.0) for result in outcome.results]


def test_two_jobs_say_what_one_says(corpus: TinyCorpus) -> None:
    for case in ("a", "b", "c"):
        for number in range(25):
            args = {"do": "answer", "with": number % 5}
            corpus.answers(number % 7, args=args, case=case, inputs=[corpus.fixture(f"fixtures/x/{case}/f", case)])
    corpus.answers(1, args={"do": "exit", "with": 1}, case="d")
    corpus.answers(1, case="d", protocol="relayburn.else")

    one = replay_tiny(corpus, None, subject=DRIVER)
    two = replay_tiny(corpus, None, subject=DRIVER, jobs=2, shuffle=3)

    assert told(one) == told(two)
    assert (one.left_out, one.subject) == (two.left_out, two.subject) == ({"relayburn.else": 1}, "driver 0.1")
    assert one.counts[Verdict.ERROR] == 1


def test_a_subject_that_cannot_be_used_is_said_by_every_job(corpus: TinyCorpus) -> None:
    corpus.answers(1)

    with pytest.raises(SubjectUnusable, match="does not start"):
        replay_tiny(corpus, None, subject="/no/such/program", jobs=2)


def test_a_job_that_is_ended_costs_what_it_was_at_and_no_more(corpus: TinyCorpus) -> None:
    for number in range(12):
        corpus.answers(number, args={"do": "answer", "with": number})
    corpus.answers(1, args={"do": "end the job"}, config={"state": "fresh"})
    corpus.answers(1, args={"do": "answer", "with": 1}, config={"state": "carried"})
    for number in range(12):
        corpus.answers(number, args={"do": "answer", "with": number}, config={"state": "fresh"})

    outcome = replay_tiny(corpus, None, subject=DRIVER, jobs=2)

    ended = [(result.line, result.message) for result in outcome.results if result.verdict is Verdict.ERROR]
    assert ended == [(13, "crash: the process ended with code -9"), (14, "crash: the process ended with code -9")]
    assert outcome.counts[Verdict.MATCH] == 24
    assert outcome.exit_code == 1
