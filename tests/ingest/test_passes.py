"""Passes in which something fails, or that are asked to stop."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relayburn.errors import HomeUnwritable
from relayburn.ingest.harnesses import CLAUDE, CODEX
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest.users import User, answer, append, prompt
from tests.reader import claude_lines, codex_lines
from tests.reader.opencode_tree import step_finish, tokens

BOTH = pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)


def three_sessions(someone: User) -> list[Path]:
    return [
        someone.claude(prompt("hi", sessionId=name), answer(f"m-{name}", number, sessionId=name), session=name)
        for number, name in enumerate("abc")
    ]


@BOTH
def test_a_file_that_fails_is_named_and_the_others_go_on(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    _, bad, _ = three_sessions(someone)
    good = bad.read_bytes()
    append(bad, answer("m-bad", cwd=42, second=2))
    report = someone.ingest()

    assert report.counters() == {"scannedSessions": 3, "ingestedSessions": 2, "appendedTurns": 2}
    assert [(failure.path, failure.reason) for failure in report.failures] == [
        (str(bad), "working directory must be a text, got 42")
    ]
    assert someone.said == [f"[burn] skipping {bad}: working directory must be a text, got 42"]
    assert list(someone.cursors()) == ["a.jsonl", "c.jsonl"]

    bad.write_bytes(good)
    assert someone.ingest().appended_turns == 1


def test_a_text_that_the_references_tokenizer_refuses_fails_its_file_only_there(tmp_path: Path) -> None:
    for semantics, turns in ((TS_1_10, 0), (CURRENT, 1)):
        someone = User(tmp_path / semantics.name, semantics=semantics)
        someone.claude(prompt("<|endoftext|>"), answer("m1"))
        assert someone.ingest().appended_turns == turns


@BOTH
def test_a_pass_that_is_stopped_keeps_what_it_has(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    three_sessions(someone)
    steps: list[str] = []
    asked = iter([False, True])
    stopped = someone.ingest(stop=lambda: next(asked), on_progress=steps.append)
    finished = someone.ingest()

    assert (stopped.stopped, stopped.appended_turns) == (True, 2)
    assert "scanning Codex sessions" not in steps
    assert list(someone.cursors()) == ["a.jsonl", "b.jsonl", "c.jsonl"]
    assert (finished.stopped, finished.appended_turns) == (False, 1)
    assert len(someone.turns()) == 3


@BOTH
def test_lines_that_are_no_json_are_counted_and_the_rest_is_read(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), "{oops", b"", "[1]", answer("m1"), b"\xff\xfe")
    rollout = someone.codex(codex_lines.meta(), "no", b"  ")
    tree = someone.opencode()
    tree.assistant("o1", 1, b"{", step_finish("stop"), tokens=tokens(1, 1))
    first = someone.ingest()
    append(path, b"more damage\n", answer("m2", second=2))
    second = someone.ingest()

    assert [(damaged.path, damaged.bad_lines) for damaged in first.damaged] == [
        *((str(path), 3), (str(rollout), 1), (str(tree.session_file), 1)),
    ]
    assert (str(path), 1) in [(damaged.path, damaged.bad_lines) for damaged in second.damaged]
    assert set(someone.outputs()) == {"m1", "m2", "o1"}


def test_a_pass_says_what_it_does(tmp_path: Path) -> None:
    someone = User(tmp_path)
    steps: list[str] = []
    someone.ingest(harnesses=(CLAUDE, CODEX), on_progress=steps.append)

    assert steps == [
        *("cleaning pending spawn stamps", "loading ingest cursors", "loading content settings"),
        *("scanning Claude Code sessions", "scanning Codex sessions", "saving ingest cursors"),
    ]
    assert not someone.home.path.exists()


@BOTH
def test_a_database_takes_what_files_take(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics, RELAYBURN_STORAGE="sqlite")
    path = three_sessions(someone)[0]
    first = someone.ingest()
    append(path, answer("m-more", 50, second=2, sessionId="a"))
    second = someone.ingest()

    assert (first.appended_turns, second.appended_turns) == (3, 1)
    assert someone.outputs() == {"m-a": 0, "m-b": 1, "m-c": 2, "m-more": 50}
    assert not someone.home.ledger.exists()


def test_a_home_that_cannot_be_written_is_an_error_and_stays_as_it_was(tmp_path: Path) -> None:
    someone = User(tmp_path)
    three_sessions(someone)
    someone.home.path.write_text("a file where the home should be")

    with pytest.raises(HomeUnwritable):
        someone.ingest()
    assert someone.home.path.read_text() == "a file where the home should be"


def test_a_disk_that_is_full_is_an_error_and_the_cursors_stay(tmp_path: Path) -> None:
    someone = User(tmp_path)
    three_sessions(someone)
    someone.home.path.mkdir()
    someone.home.ledger.symlink_to("/dev/full")

    with pytest.raises(HomeUnwritable, match="No space left"):
        someone.ingest()
    assert not someone.home.cursors.exists()


@settings(max_examples=30)
@given(
    lines=st.lists(claude_lines.entries() | claude_lines.JSON_VALUES, max_size=12),
    rollout=st.lists(claude_lines.JSON_VALUES, max_size=6),
    seed=st.integers(0, 99),
)
def test_ingesting_twice_is_ingesting_once(
    tmp_path_factory: pytest.TempPathFactory, lines: list[Any], rollout: list[Any], seed: int
) -> None:
    someone = User(tmp_path_factory.mktemp("user"), semantics=random.Random(seed).choice([TS_1_10, CURRENT]))
    someone.claude(*lines)
    someone.codex(codex_lines.meta(), *rollout)
    tree = someone.opencode()
    tree.assistant("m1", 1, step_finish("stop"), *rollout, tokens=tokens(1, 1))
    first = someone.ingest()
    before = someone.home.ledger.read_bytes() if someone.home.ledger.exists() else b""
    someone.home.cursors.unlink(missing_ok=True)
    someone.forget_process()
    second = someone.ingest()

    assert second.counters() == first.counters()
    assert (someone.home.ledger.read_bytes() if someone.home.ledger.exists() else b"") == before
