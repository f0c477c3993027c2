"""Which exchanges are replayed."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.corpus import Corpus
from conformance.errors import BadSelection, CorpusUnusable
from conformance.outcome import ProblemKind
from conformance.plan import Plan
from conformance.run import run
from conformance.selection import EVERYTHING, Selection, select
from tests.conformance.tiny import TinyCorpus, replay, stages


@pytest.fixture
def three(corpus: TinyCorpus) -> Corpus:
    """Three recordings in two areas."""
    corpus.answers(1, area="b", case="first")
    corpus.answers(1, area="b", case="first", protocol="relayburn.tiny.part")
    corpus.answers(1, area="a", case="second")
    corpus.answers(1, area="a", case="third", protocol="relayburn.other")
    return Corpus(corpus.root)


def names(corpus: Corpus, selection: Selection) -> list[str]:
    """The places of the wanted exchanges."""
    chains, unreadable = select(corpus, selection)
    assert not unreadable
    return [
        f"{exchange.area}/{exchange.case}:{exchange.line}"
        for chain in chains
        for exchange in chain.exchanges
        if exchange.line in chain.wanted
    ]


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (EVERYTHING, ["a/second:1", "a/third:1", "b/first:1", "b/first:2"]),
        (Selection(areas=("b",)), ["b/first:1", "b/first:2"]),
        (Selection(cases=("second", "th*")), ["a/second:1", "a/third:1"]),
        (Selection(protocols=("relayburn.tiny.*",)), ["b/first:2"]),
        (Selection(protocols=("relayburn.tiny", "relayburn.other"), areas=("a",)), ["a/second:1", "a/third:1"]),
        (Selection(paths=("recordings/b",)), ["b/first:1", "b/first:2"]),
        (Selection(paths=("recordings/b/first.jsonl:2", "recordings/a/third.jsonl")), ["b/first:2", "a/third:1"]),
        (Selection(paths=("recordings/b/first.jsonl:2", "recordings/b/first.jsonl:1")), ["b/first:1", "b/first:2"]),
        (Selection(paths=("recordings/b/first.jsonl:2", "recordings/b")), ["b/first:1", "b/first:2"]),
        (Selection(areas=("nowhere",)), []),
    ],
)
def test_a_selection_names_exactly_these(three: Corpus, selection: Selection, expected: list[str]) -> None:
    assert names(three, selection) == expected


def test_one_file_named_in_two_ways_is_replayed_once(three: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(three.root / "recordings")
    full = three.root / "recordings/a/second.jsonl"

    assert names(three, Selection(paths=("a/second.jsonl", str(full), "./a/../a/second.jsonl"))) == ["a/second:1"]


def test_a_recording_outside_the_corpus_is_replayed_on_its_fixtures(corpus: TinyCorpus, tmp_path: Path) -> None:
    file = corpus.answers("log", inputs=[corpus.fixture("fixtures/tiny/case/log", "log")])
    outside = tmp_path / "elsewhere" / "fresh.jsonl"
    outside.parent.mkdir()
    file.rename(outside)

    outcome = replay(corpus, stages(tiny=lambda request: request.path().read_text()), outside)

    (result,) = outcome.results
    assert (outcome.exit_code, result.area, result.place) == (0, "elsewhere", f"{outside}:1")


@pytest.mark.parametrize("path", ["nope.jsonl", "recordings/b/first.jsonl:9", "recordings/nope", "recordings/b:1"])
def test_a_path_that_is_not_there_is_said(three: Corpus, path: str) -> None:
    with pytest.raises(BadSelection, match=path.split(":")[0]):
        select(three, Selection(paths=(path,)))


def test_an_empty_folder_is_no_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusUnusable, match="neither recordings nor fixtures"):
        Corpus(tmp_path)


def test_a_corpus_without_recordings_is_a_failure(corpus: TinyCorpus) -> None:
    outcome = replay(corpus, stages())

    assert (outcome.exit_code, outcome.problems[0].kind) == (2, ProblemKind.NOTHING)
    assert outcome.problems[0].message == f"no exchange was replayed: {corpus.root} holds no recording"


def test_a_selection_of_nothing_is_a_failure(corpus: TinyCorpus) -> None:
    corpus.answers(1)

    outcome = run(Plan(corpus=corpus.root, selection=Selection(cases=("misspelt",))), make=stages())

    assert (outcome.exit_code, outcome.problems[0].kind) == (2, ProblemKind.NOTHING)
    assert outcome.problems[0].message == "no exchange was replayed: nothing in the corpus is so selected"


def test_a_selected_step_brings_those_it_was_carried_from(corpus: TinyCorpus) -> None:
    for number in range(1, 5):
        corpus.answers(["+" * number], config={"state": "fresh" if number == 1 else "carried"})

    def stage(request: object) -> list[str]:
        log = Path("log")
        log.write_text((log.read_text() if log.exists() else "") + "+")
        return [log.read_text()]

    file = corpus.root / "recordings/tiny/case.jsonl"
    outcome = replay(corpus, stages(tiny=stage), f"{file}:3", f"{file}:2", shuffle=7)

    assert [(result.line, result.verdict.value) for result in outcome.results] == [(2, "match"), (3, "match")]


def test_the_order_of_a_seed_is_always_the_same_and_the_report_in_corpus_order(corpus: TinyCorpus) -> None:
    for number in range(30):
        corpus.answers(number, args={"number": number})
    order: list[int] = []

    def stage(request: object) -> int:
        order.append(request.args["number"])  # type: ignore[attr-defined]
        return order[-1]

    outcomes = [replay(corpus, stages(tiny=stage), shuffle=seed) for seed in (1, 1, 2)]

    assert order[:30] == order[30:60] != order[60:]
    assert sorted(order[:30]) == list(range(30)) != order[:30]
    assert [result.line for result in outcomes[0].results] == list(range(1, 31))
