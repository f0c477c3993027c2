"""Which files are session files, and in which order they are visited."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relayburn.ingest.discovery import (
    Refused,
    claude_session_files,
    claude_subagent_files,
    codex_session_files,
    opencode_session_files,
)
from tests.ingest.users import refuse_to_list


def make(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def found(root: Path, files: Callable[[str], Iterator[str]]) -> list[str]:
    return [os.path.relpath(path, root) for path in files(str(root))]


def test_claude_logs_lie_directly_in_project_folders(tmp_path: Path) -> None:
    make(tmp_path, "b/2.jsonl", "b/1.jsonl", "a/z.jsonl", "a/deep/no.jsonl", "no.jsonl", "a/no.json", "a/NO.JSONL")

    assert found(tmp_path, claude_session_files) == ["a/z.jsonl", "b/1.jsonl", "b/2.jsonl"]


def test_names_are_ordered_by_their_bytes(tmp_path: Path) -> None:
    make(tmp_path, "p/ä.jsonl", "p/Z.jsonl", "p/a.jsonl", "p/🙂.jsonl", "p/\ue000.jsonl")

    assert found(tmp_path, claude_session_files) == [
        *("p/Z.jsonl", "p/a.jsonl", "p/ä.jsonl"),
        *("p/\ue000.jsonl", "p/🙂.jsonl"),
    ]


def test_codex_files_come_before_sub_folders_and_later_folders_first(tmp_path: Path) -> None:
    make(tmp_path, "2026/11/17/b.jsonl", "2026/11/18/a.jsonl", "2026/11/17/a.jsonl", "flat.jsonl", "2025/x.jsonl")

    assert found(tmp_path, codex_session_files) == [
        *("flat.jsonl", "2026/11/18/a.jsonl"),
        *("2026/11/17/a.jsonl", "2026/11/17/b.jsonl", "2025/x.jsonl"),
    ]


def test_opencode_files_are_known_by_their_names(tmp_path: Path) -> None:
    make(tmp_path, "global/ses_1.json", "p/deep/ses_2.json", "p/other.json", "ses_3.jsonl", "ses_4.json")

    assert found(tmp_path, opencode_session_files) == ["ses_4.json", "p/deep/ses_2.json", "global/ses_1.json"]


def test_subagent_logs_are_found_where_the_session_log_is_gone(tmp_path: Path) -> None:
    make(tmp_path, "p/s1/subagents/agent-b.jsonl", "p/s1/subagents/agent-a.jsonl", "p/s1/subagents/agent-a.meta.json")
    make(tmp_path, "p/s1/agent-c.jsonl", "p/subagents/agent-d.jsonl")

    assert found(tmp_path, claude_subagent_files) == ["p/s1/subagents/agent-a.jsonl", "p/s1/subagents/agent-b.jsonl"]


@pytest.mark.parametrize("files", [claude_session_files, codex_session_files, opencode_session_files])
def test_a_missing_root_holds_nothing(tmp_path: Path, files: Callable[[str], Iterator[str]]) -> None:
    assert found(tmp_path / "nowhere", files) == []


@pytest.mark.parametrize("files", [claude_session_files, codex_session_files, opencode_session_files])
def test_a_folder_that_cannot_be_listed_is_told_of_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Callable[[str, Refused], Iterator[str]]
) -> None:
    make(tmp_path, "closed/ses_1.jsonl", "open/ses_2.jsonl", "open/ses_2.json")
    refuse_to_list(monkeypatch, tmp_path / "closed")
    told: list[tuple[str, str | None]] = []

    paths = list(files(str(tmp_path), lambda folder, error: told.append((folder, error.strerror))))

    assert [Path(path).parent.name for path in paths] == ["open"]
    assert told == [(f"{tmp_path}/closed", "Permission denied")]


def test_a_folder_of_subagents_that_cannot_be_listed_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "p/s1/subagents/agent-a.jsonl", "p/s2/subagents/agent-b.jsonl")
    refuse_to_list(monkeypatch, tmp_path / "p/s1/subagents")
    told: list[str] = []

    paths = list(claude_subagent_files(str(tmp_path), lambda folder, _: told.append(folder)))

    assert paths == [f"{tmp_path}/p/s2/subagents/agent-b.jsonl"]
    assert told == [f"{tmp_path}/p/s1/subagents"]


def test_links_are_neither_files_nor_folders(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/p/a.jsonl", "root/q/real.jsonl")
    (tmp_path / "root/linked").symlink_to(tmp_path / "elsewhere/p")
    (tmp_path / "root/q/linked.jsonl").symlink_to(tmp_path / "elsewhere/p/a.jsonl")

    assert found(tmp_path / "root", claude_session_files) == ["q/real.jsonl"]
    assert found(tmp_path / "root", codex_session_files) == ["q/real.jsonl"]


def test_a_name_that_is_no_utf8_is_a_name_all_the_same(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "p")
    os.mkdir(folder)  # noqa: PTH102 - a name of bytes
    try:
        with open(folder + b"/\xff.jsonl", "wb"):  # noqa: PTH123
            pass
    except OSError:
        pytest.skip("this file system takes no such names")

    assert found(tmp_path, claude_session_files) == ["p/\udcff.jsonl"]
