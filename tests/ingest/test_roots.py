"""Where sessions are looked for, and what is named because nobody can read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.ingest.report import UnreadSource
from relayburn.ingest.roots import claude_roots, codex_roots, opencode_roots, unread_sources
from relayburn.semantics import CURRENT, TS_1_10
from tests.ingest.users import User, answer, prompt, refuse_to_list


def test_the_reference_knows_one_root_each(tmp_path: Path) -> None:
    home = User(tmp_path, CLAUDE_CONFIG_DIR="/elsewhere", CODEX_HOME="/elsewhere", XDG_DATA_HOME="/elsewhere").home
    user = tmp_path / "user"

    assert claude_roots(home, TS_1_10) == [str(user / ".claude/projects")]
    assert codex_roots(home, TS_1_10) == [str(user / ".codex/sessions")]
    assert opencode_roots(home, TS_1_10) == [str(user / ".local/share/opencode/storage/session")]


def test_current_looks_where_the_harnesses_own_variables_say(tmp_path: Path) -> None:
    home = User(tmp_path, CLAUDE_CONFIG_DIR="/one,~/two", CODEX_HOME="/three", XDG_DATA_HOME="/four").home
    user = tmp_path / "user"

    assert claude_roots(home, CURRENT) == [
        *(str(user / ".claude/projects"), str(user / ".config/claude/projects")),
        *("/one/projects", str(user / "two/projects")),
    ]
    assert codex_roots(home, CURRENT) == [
        *(str(user / ".codex/sessions"), str(user / ".codex/archived_sessions")),
        *("/three/sessions", "/three/archived_sessions"),
    ]
    assert opencode_roots(home, CURRENT)[1] == "/four/opencode/storage/session"


def test_one_folder_under_two_names_is_one_root(tmp_path: Path) -> None:
    user = User(tmp_path, CLAUDE_CONFIG_DIR=str(tmp_path / "linked"))
    user.claude(prompt("hi"), answer("m1"))
    (tmp_path / "linked").symlink_to(tmp_path / "user/.claude")

    report = user.ingest()

    assert (report.scanned_sessions, report.appended_turns) == (1, 1)


def test_a_folder_with_a_comma_in_its_name_is_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a,b"
    folder.mkdir()

    assert str(folder / "projects") in claude_roots(User(tmp_path, CLAUDE_CONFIG_DIR=str(folder)).home, CURRENT)


def test_a_folder_that_cannot_be_listed_is_named_in_the_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = User(tmp_path)
    log = user.claude(prompt("hi"), answer("m1"))
    refuse_to_list(monkeypatch, log.parent)

    report = user.ingest()
    reference = User(tmp_path, semantics=TS_1_10).ingest()

    assert report.unread_sources == [UnreadSource(str(log.parent), "a folder (Permission denied)")]
    assert reference.unread_sources == []


def test_a_database_and_a_later_home_are_named_in_the_report(tmp_path: Path) -> None:
    user = User(tmp_path)
    database = tmp_path / "user/.local/share/opencode/opencode.db"
    later = tmp_path / "user/.agentworkforce/burn/burn.sqlite"
    for path in (database, later):
        path.parent.mkdir(parents=True)
        path.touch()

    report = user.ingest()

    assert [source.path for source in report.unread_sources] == [str(database), str(later.parent)]
    assert unread_sources(user.home, TS_1_10) == []
