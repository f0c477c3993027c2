"""One session by its directory and id, and content that is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ingest.missing_content import ContentReport, reingest_missing_content
from relayburn.ingest.single_session import ingest_claude_session
from relayburn.ledger.content import read_content
from relayburn.ledger.query import query_user_turns
from relayburn.semantics import CURRENT, TS_1_10, Semantics
from tests.ingest.users import CODEX_SESSION, SESSION, User, answer, append, prompt
from tests.reader.codex_lines import complete, meta, output, says, started
from tests.reader.opencode_tree import step_finish, text

BOTH = pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)


@BOTH
def test_one_session_is_read_whole_and_the_next_pass_goes_on_after_it(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    path = someone.claude(prompt("hi"), answer("m1"))
    single = ingest_claude_session(someone.home, "/work/shop", SESSION, log=someone.said.append, semantics=semantics)
    append(path, prompt("more", "u2"), answer("m2", second=2))
    swept = someone.ingest()

    assert single.counters() == {"scannedSessions": 1, "ingestedSessions": 1, "appendedTurns": 1}
    assert swept.appended_turns == 1
    assert list(someone.outputs()) == ["m1", "m2"]


def test_one_session_is_found_in_another_root(tmp_path: Path) -> None:
    someone = User(tmp_path, CLAUDE_CONFIG_DIR=str(tmp_path / "other"))
    path = someone.claude(prompt("hi"), answer("m1"))
    (tmp_path / "user/.claude").rename(tmp_path / "other")
    report = ingest_claude_session(someone.home, "/work/shop", SESSION, log=someone.said.append)

    assert report.appended_turns == 1
    assert not path.exists()


def test_one_session_is_found_whatever_its_project_is_called(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"), answer("m1"), project="-work-my-shop-de")
    report = ingest_claude_session(someone.home, "/work/my_shop.de", SESSION, log=someone.said.append)

    assert report.appended_turns == 1
    assert someone.said == []


def test_a_session_that_is_not_there_is_named(tmp_path: Path) -> None:
    someone = User(tmp_path)
    report = ingest_claude_session(someone.home, "/work/shop", "none", log=someone.said.append)

    path = tmp_path / "user/.claude/projects/-work-shop/none.jsonl"
    assert report.counters() == {"scannedSessions": 0, "ingestedSessions": 0, "appendedTurns": 0}
    assert someone.said == [f"[burn] no session file found at {path}"]


def test_a_session_without_turns_leaves_nothing(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi"))
    report = ingest_claude_session(someone.home, "/work/shop", SESSION, log=someone.said.append)

    assert report.counters() == {"scannedSessions": 1, "ingestedSessions": 0, "appendedTurns": 0}
    assert not someone.home.path.exists()


@BOTH
def test_content_that_was_not_stored_is_read_from_the_sources(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics, RELAYBURN_CONTENT_STORE="off")
    someone.claude(prompt("hi"), answer("m1"))
    someone.codex(
        *(meta(CODEX_SESSION), started("t1"), says("user", "go"), output("c1"), complete("t1")),
        *(started("t2"), complete("t2")),
    )
    tree = someone.opencode()
    tree.user("u1", 0, text("hi"))
    tree.assistant("m2", 1, text("ho"), step_finish("stop"))
    someone.ingest()
    ledger = someone.home.ledger.read_bytes()

    first, second = _reingest(someone), _reingest(someone)

    assert (first.scanned_files, first.reingested_sessions, first.appended_user_turns) == (3, 3, 0)
    assert first.appended_content > 0
    assert second == ContentReport(scanned_files=3, skipped_existing=3)
    assert someone.home.ledger.read_bytes() == ledger
    assert [record["role"] for record in read_content(someone.home, SESSION)] == ["user"]


@BOTH
def test_a_file_that_cannot_be_read_again_is_named_and_the_others_go_on(tmp_path: Path, semantics: Semantics) -> None:
    someone = User(tmp_path, semantics=semantics)
    bad = someone.claude(prompt("hi"), answer("m1", cwd=42), session="bad")
    someone.claude(prompt("hi", sessionId="good"), session="good")
    report = _reingest(someone)

    assert (report.scanned_files, report.failed, report.reingested_sessions) == (2, 1, 1)
    assert someone.said == [f"[burn] reingest skipped {bad}: working directory must be a text, got 42"]
    assert len(query_user_turns(someone.home, semantics=semantics)) == 1


def test_a_session_id_that_is_no_text_is_somebody_too(tmp_path: Path) -> None:
    someone = User(tmp_path)
    someone.claude(prompt("hi", sessionId=["odd"]))

    assert _reingest(someone).appended_user_turns == 1


def _reingest(someone: User) -> ContentReport:
    return reingest_missing_content(someone.home, log=someone.said.append, semantics=someone.semantics)
