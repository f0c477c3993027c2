"""Fixtures that are not the recorded ones, and recordings that cannot be read."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from conformance.outcome import ProblemKind
from conformance.verdict import Verdict
from tests.conformance.tiny import TinyCorpus, only, replay, stages

FIXTURE = "fixtures/tiny/case/log.jsonl"
ANSWER = stages(tiny=lambda request: 1)


def sha256(text: str) -> str:
    """As a manifest and an input give it."""
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_changed_fixture_is_stale_and_named_with_both_hashes(corpus: TinyCorpus) -> None:
    inputs = [corpus.fixture(FIXTURE, "then")]
    corpus.answers(1, inputs=inputs)
    corpus.fixture(FIXTURE, "now")

    outcome = replay(corpus, ANSWER)
    result = only(outcome)

    assert (result.verdict, outcome.exit_code) == (Verdict.STALE, 1)
    assert result.message == f"{FIXTURE}: recorded with {sha256('then')}, now {sha256('now')}"
    assert [(found.path, found.expected, found.actual) for found in result.divergences] == [
        (FIXTURE, sha256("then"), sha256("now"))
    ]


def test_a_path_that_must_not_exist_makes_it_stale_where_it_does(corpus: TinyCorpus) -> None:
    corpus.answers(1, inputs=[{"path": FIXTURE, "sha256": None}])
    assert only(replay(corpus, ANSWER)).verdict is Verdict.MATCH

    corpus.fixture(FIXTURE, "now")
    result = only(replay(corpus, ANSWER))

    assert (result.verdict, result.message) == (Verdict.STALE, f"{FIXTURE}: recorded with absent, now {sha256('now')}")


def test_a_missing_fixture_is_an_error_of_its_own(corpus: TinyCorpus) -> None:
    corpus.answers(1, inputs=[{"path": FIXTURE, "sha256": sha256("then")}])
    corpus.answers(1)

    outcome = replay(corpus, ANSWER)

    assert [result.verdict for result in outcome.results] == [Verdict.ERROR, Verdict.MATCH]
    assert outcome.results[0].message == f"fixture missing: {FIXTURE}"
    assert outcome.exit_code == 1


def manifest(corpus: TinyCorpus, *lines: str) -> list[dict[str, str]]:
    """A manifest with these lines, as an input."""
    return [corpus.fixture("fixtures/tiny/case/manifest.sha256", "\n".join([*lines, ""]))]


def test_a_manifest_lists_further_files(corpus: TinyCorpus) -> None:
    corpus.fixture("fixtures/tiny/case/deep/naïve file.md", "then")
    corpus.answers(1, inputs=manifest(corpus, f"{sha256('then')}  deep/naïve file.md"))
    assert only(replay(corpus, ANSWER)).verdict is Verdict.MATCH

    corpus.fixture("fixtures/tiny/case/deep/naïve file.md", "now")
    result = only(replay(corpus, ANSWER))

    assert (result.verdict, result.divergences[0].path) == (Verdict.STALE, "fixtures/tiny/case/deep/naïve file.md")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (f"{'0' * 64}  gone.md", "fixture missing: fixtures/tiny/case/gone.md"),
        (f"{'0' * 64}  ../../../recordings/x", "no path of a fixture"),
        ("nonsense", "manifest.sha256, line 1: not a hash, two spaces and a path: 'nonsense'"),
    ],
)
def test_a_manifest_that_lists_what_is_not_there_is_an_error(corpus: TinyCorpus, line: str, complaint: str) -> None:
    corpus.answers(1, inputs=manifest(corpus, line))

    result = only(replay(corpus, ANSWER))

    assert result.verdict is Verdict.ERROR
    assert complaint in result.message


def spoil(file: Path, tail: bytes) -> None:
    """Append bytes to a recording."""
    with file.open("ab") as recording:
        recording.write(tail)


@pytest.mark.parametrize(
    ("tail", "complaint"),
    [
        (b'{"recv_ts_ns":1,"late', "line 2"),
        (b"not json\n", "line 2"),
        (b"\n", "line 2"),
        (b'{"recv_ts_ns":1}\n', "line 2"),
    ],
)
def test_a_bad_line_is_reported_and_the_rest_is_replayed(corpus: TinyCorpus, tail: bytes, complaint: str) -> None:
    spoil(corpus.answers(1, case="bad"), tail)
    corpus.answers(1, case="good")

    outcome = replay(corpus, ANSWER)

    assert [(result.case, result.verdict) for result in outcome.results] == [
        ("bad", Verdict.MATCH),
        ("good", Verdict.MATCH),
    ]
    (problem,) = outcome.problems
    assert (problem.kind, problem.file) == (ProblemKind.UNREADABLE, "recordings/tiny/bad.jsonl")
    assert complaint in problem.message
    assert outcome.exit_code == 2


def test_an_empty_recording_is_reported(corpus: TinyCorpus) -> None:
    corpus.answers(1)
    (corpus.root / "recordings/tiny/empty.jsonl").touch()

    outcome = replay(corpus, ANSWER)

    assert (len(outcome.results), outcome.exit_code) == (1, 2)
    assert "recordings/tiny/empty.jsonl: no exchanges: the file is empty" in outcome.problems[0].message


def test_a_recording_may_be_compressed(corpus: TinyCorpus) -> None:
    plain = corpus.answers(1)
    import zstandard

    plain.with_suffix(".jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(plain.read_bytes()))
    plain.unlink()

    result = only(replay(corpus, ANSWER))

    assert (result.verdict, result.case, result.area) == (Verdict.MATCH, "case", "tiny")


@pytest.mark.parametrize("response", [{"output": "\ud800"}, {"output": 1e400}, {"output": -1e400}])
def test_odd_values_survive_the_recording(corpus: TinyCorpus, response: Any) -> None:
    corpus.record(response, args={"echo": response["output"]})

    assert only(replay(corpus, stages(tiny=lambda request: request.args["echo"]))).verdict is Verdict.MATCH


def test_deep_values_survive_the_recording(corpus: TinyCorpus) -> None:
    deep: Any = 1
    for _ in range(250):
        deep = [deep]
    corpus.answers(deep, args={"echo": deep})
    corpus.answers([deep], args={"echo": deep})

    outcome = replay(corpus, stages(tiny=lambda request: request.args["echo"]))

    assert [result.verdict for result in outcome.results] == [Verdict.MATCH, Verdict.DIVERGED]
