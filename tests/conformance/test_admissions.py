"""Declared differences and pending protocols: what they hide, and what they must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conformance.entries import (
    ABSENT,
    DeclaredEntry,
    PendingEntry,
    declared_entries,
    pending_entries,
    plain,
    read_declared,
    read_pending,
)
from conformance.errors import EntriesUnusable
from conformance.outcome import ProblemKind, RunOutcome
from conformance.plan import own_admissions
from conformance.subject import Admitted
from conformance.verdict import Verdict
from tests.conformance.tiny import TinyCorpus, in_process, only, replay

TURNS = [{"id": "a", "n": 1}, {"id": "b", "n": 2}, {"id": "c", "n": 3}]


def entry(path: str, expected: Any, actual: Any, line: int = 1) -> DeclaredEntry:
    """A declared entry for the tiny case."""
    return DeclaredEntry("relayburn.tiny", "case", line, path, expected, actual, "known")


def admitting(output: Any, *entries: DeclaredEntry | PendingEntry) -> Any:
    """A subject that returns `output` and admits `entries`."""
    declared = tuple(item for item in entries if isinstance(item, DeclaredEntry))
    pending = tuple(item for item in entries if isinstance(item, PendingEntry))

    def stage(request: object) -> Any:
        if isinstance(output, Exception):
            raise output
        return output

    return in_process({"relayburn.tiny": stage}, admitted=Admitted(declared, pending))


def kinds(outcome: RunOutcome) -> list[ProblemKind]:
    """What is wrong beside the exchanges."""
    return [problem.kind for problem in outcome.problems]


@pytest.mark.parametrize(
    ("recorded", "output", "entries"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [entry("$.b", 2, 3)]),
        ({"a": 1, "b": 2}, {"a": 0, "b": 3}, [entry("$.b", 2, 3), entry("$.a", 1, 0)]),
        ({"a": 1, "b": 2}, {"a": 1}, [entry("$.b", 2, ABSENT)]),
        ({"a": 1}, {"a": 1, "b": None}, [entry("$.b", ABSENT, None)]),
        (TURNS, TURNS[1:], [entry("$[0]", TURNS[0], ABSENT)]),
        (TURNS, TURNS[1:2], [entry("$[0]", TURNS[0], ABSENT), entry("$[2]", TURNS[2], ABSENT)]),
        (TURNS[1:], TURNS, [entry("$[0]", ABSENT, TURNS[0])]),
        (1, 2, [entry("$", 1, 2)]),
        ({"a": {"b": [1, 2]}, "c": 3}, {"a": {"b": []}, "c": 3}, [entry("$.a", {"b": [1, 2]}, {"b": []})]),
        ({"a": TURNS}, {"a": [TURNS[1], TURNS[0]]}, [entry("$.a", TURNS, [TURNS[1], TURNS[0]])]),
        ({"a": [1, 2], "b": 3}, {"a": [2, 1], "b": 4}, [entry("$.a", [1, 2], [2, 1]), entry("$.b", 3, 4)]),
    ],
)
def test_a_declared_difference_passes(
    corpus: TinyCorpus, recorded: Any, output: Any, entries: list[DeclaredEntry]
) -> None:
    corpus.answers(recorded)

    outcome = replay(corpus, admitting(output, *entries))

    assert only(outcome).verdict is Verdict.DECLARED
    assert (outcome.exit_code, outcome.problems) == (0, ())


@pytest.mark.parametrize(
    ("output", "places"),
    [
        ({"a": 1, "b": 3, "c": 4}, ["$.c"]),
        ({"a": 0, "b": 3}, ["$.a"]),
        ({"b": 3}, ["$.a"]),
    ],
)
def test_a_declared_difference_hides_its_own_place_only(corpus: TinyCorpus, output: Any, places: list[str]) -> None:
    corpus.answers({"a": 1, "b": 2})

    result = only(replay(corpus, admitting(output, entry("$.b", 2, 3))))

    assert result.verdict is Verdict.DIVERGED
    assert [found.path for found in result.divergences] == places


@pytest.mark.parametrize("output", [{"a": [2, 1, 0], "b": 3}, {"a": [2], "b": 3}, {"a": [2, 1], "b": 4}])
def test_what_is_declared_as_a_whole_is_just_that(corpus: TinyCorpus, output: Any) -> None:
    corpus.answers({"a": [1, 2], "b": 3})

    result = only(replay(corpus, admitting(output, entry("$.a", [1, 2], [2, 1]))))

    assert result.verdict is Verdict.DIVERGED


def test_what_the_explanation_does_not_show_is_not_hidden_with_it(corpus: TinyCorpus) -> None:
    corpus.answers(TURNS)
    moved_and_less = [TURNS[2], TURNS[1]]

    outcome = replay(corpus, admitting(moved_and_less, entry("$[0]", TURNS[0], ABSENT)))

    assert only(outcome).verdict is Verdict.DIVERGED


@pytest.mark.parametrize(
    "idle",
    [
        entry("$.b", 2, 4),
        entry("$.b", 7, 3),
        entry("$.b", True, 3),
        entry("$.a", 1, 3),
        entry("$.b", 2, 3, line=2),
        DeclaredEntry("relayburn.tiny", "other", 1, "$.b", 2, 3, "known"),
    ],
)
def test_an_entry_that_matches_nothing_fails_the_run(corpus: TinyCorpus, idle: DeclaredEntry, tmp_path: Path) -> None:
    corpus.answers({"a": 1, "b": 2})
    file = tmp_path / "declared.toml"
    file.write_text(toml(idle))

    outcome = replay(corpus, admitting({"a": 1, "b": 2}), declared=file)

    assert only(outcome).verdict is Verdict.MATCH
    assert (kinds(outcome), outcome.exit_code) == ([ProblemKind.IDLE_DECLARED], 1)
    assert str(idle) in outcome.problems[0].message


def test_a_selection_asks_nothing_of_entries_it_did_not_touch(corpus: TinyCorpus) -> None:
    file = corpus.answers(1, case="here")
    corpus.answers(1, case="there")
    elsewhere = DeclaredEntry("relayburn.tiny", "there", 1, "$", 1, 3, "known")
    here = DeclaredEntry("relayburn.tiny", "here", 1, "$", 1, 3, "known")
    idle_pending = PendingEntry("relayburn.nothing", "some day")

    untouched = replay(corpus, admitting(1, elsewhere, idle_pending), file)
    touched = replay(corpus, admitting(1, here), file)

    assert kinds(untouched) == []
    assert kinds(touched) == [ProblemKind.IDLE_DECLARED]


def test_a_declared_failure_passes(corpus: TinyCorpus) -> None:
    corpus.fails("no", "TypeError")

    outcome = replay(corpus, admitting(1, entry("$", {"error": {"name": "TypeError", "message": "no"}}, 1)))

    assert only(outcome).verdict is Verdict.DECLARED


@pytest.mark.parametrize("output", [2, NotImplementedError(), 1])
def test_a_pending_protocol_fails_no_run_whatever_it_does(corpus: TinyCorpus, output: Any) -> None:
    corpus.answers(1)

    outcome = replay(corpus, admitting(output, PendingEntry("relayburn.t*", "soon")))

    assert (only(outcome).verdict, outcome.exit_code) == (Verdict.PENDING, 0)


def test_a_pending_protocol_needs_no_stage(corpus: TinyCorpus) -> None:
    corpus.answers(1, protocol="relayburn.later")

    outcome = replay(corpus, admitting(1, PendingEntry("relayburn.later", "soon")))

    assert (only(outcome).verdict, outcome.exit_code) == (Verdict.PENDING, 0)


def test_a_pending_entry_may_be_limited_to_cases(corpus: TinyCorpus) -> None:
    corpus.answers(1, case="now")
    corpus.answers(1, case="later")

    outcome = replay(corpus, admitting(2, PendingEntry("relayburn.tiny", "soon", frozenset({"later"}))))

    assert [(result.case, result.verdict) for result in outcome.results] == [
        ("later", Verdict.PENDING),
        ("now", Verdict.DIVERGED),
    ]


def test_pending_hides_no_stale_and_no_missing_fixture(corpus: TinyCorpus) -> None:
    corpus.answers(1, case="stale", inputs=[corpus.fixture("fixtures/a/b/c", "then")])
    corpus.fixture("fixtures/a/b/c", "now")
    corpus.answers(1, case="missing", inputs=[{"path": "fixtures/a/b/d", "sha256": "0" * 64}])

    outcome = replay(corpus, admitting(1, PendingEntry("relayburn.tiny", "soon")))

    assert [result.verdict for result in outcome.results] == [Verdict.ERROR, Verdict.STALE]


@pytest.mark.parametrize(("output", "is_done"), [(1, True), (2, False)])
def test_a_pending_entry_that_is_done_is_named(corpus: TinyCorpus, output: Any, is_done: bool) -> None:
    corpus.answers(1)

    (state,) = replay(corpus, admitting(output, PendingEntry("relayburn.tiny", "soon"))).pending

    assert (state.covered, state.answered, state.is_done) == (1, 1, is_done)


@pytest.mark.parametrize(
    ("pending", "message"),
    [
        (PendingEntry("relayburn.misspelt.*", "soon"), "relayburn.misspelt.*: covers no recorded exchange"),
        (
            PendingEntry("relayburn.tiny", "soon", frozenset({"case", "gone"})),
            "relayburn.tiny: covers no exchange of case gone",
        ),
    ],
)
def test_a_pending_entry_that_covers_nothing_fails_a_full_run(
    corpus: TinyCorpus, pending: PendingEntry, message: str, tmp_path: Path
) -> None:
    corpus.answers(1)
    file = tmp_path / "pending.toml"
    file.write_text(toml(pending))

    outcome = replay(corpus, admitting(1), pending=file)

    assert (kinds(outcome), outcome.exit_code) == ([ProblemKind.IDLE_PENDING], 1)
    assert outcome.problems[0].message == message


def toml(item: DeclaredEntry | PendingEntry) -> str:
    """An entry as its file holds it."""
    table = plain(item)
    lines = [f"[[{'pending' if isinstance(item, PendingEntry) else 'declared'}]]"]
    for key, value in table.items():
        lines.append(f"{key} = {{json = '{value['json']}'}}" if isinstance(value, dict) else f"{key} = {value!r}")
    return "\n".join(lines)


def test_entries_survive_their_plain_form() -> None:
    declared = (entry("$.a", None, ABSENT), entry('$["x"]', {"json": "1"}, [1.5, True, "\ud800"]))
    pending = (PendingEntry("relayburn.*", "soon"), PendingEntry("relayburn.a", "later", frozenset({"b", "c"})))

    assert declared_entries([plain(item) for item in declared], "test") == declared
    assert pending_entries([plain(item) for item in pending], "test") == pending


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[declared]", "line 1"),
        ("[[pending]]", "unknown key 'pending'"),
        ("declared = 1", "entries must be a list"),
        ("declared = [1]", "entry 1: is no table"),
        ('[[declared]]\nprotocol = "a"', "entry 1: case is missing"),
        ('[[declared]]\nprotocol = "a"\ncase = "b"\nline = "1"\npath = "$"\nreason = "r"', "entry 1: line is no int"),
        ('[[declared]]\nprotocol = "a"\ncase = "b"\nline = 1\npath = "$"\nreason = " "', "the reason is empty"),
        ('[[declared]]\nprotocol = "a"\ncase = "b"\nline = 1\npath = "$"\nreason = "r"\nx = 1', "unknown key 'x'"),
        (
            '[[declared]]\nprotocol = "a"\ncase = "b"\nline = 1\npath = "$"\nreason = "r"\nactual = {json = "nul"}',
            "'nul' is no JSON",
        ),
    ],
)
def test_entries_that_are_not_whole_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "declared.toml"
    file.write_text(text)

    with pytest.raises(EntriesUnusable, match=complaint) as error:
        read_declared(file)

    assert str(file) in str(error.value)


def test_a_file_of_entries_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EntriesUnusable, match="No such file"):
        read_pending(tmp_path / "pending.toml")


def test_our_own_entries_can_be_read_and_none_is_repeated() -> None:
    own = own_admissions()

    for entries in (own.declared, own.pending):
        assert len({str(item) for item in entries}) == len(entries)
