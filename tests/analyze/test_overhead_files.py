"""Which instruction files a project has, and how they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from relayburn.analyze.markdown_sections import parse_markdown
from relayburn.analyze.overhead_files import (
    LoadedFile,
    OverheadFile,
    describe_applies_to,
    find_claude_md_files,
    find_overhead_files,
    load_claude_md_file,
    load_overhead_file,
    read_overhead_text,
)
from relayburn.errors import OverheadFileUnreadable


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with all three instruction files, and some that nobody loads."""
    for name in ("CLAUDE.md", ".claude/CLAUDE.md", "AGENTS.md", "docs/CLAUDE.md", ".claude/AGENTS.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("# x\n")
    return tmp_path


def test_the_files_come_in_a_fixed_order_each_with_the_sources_that_load_it(project: Path):
    assert find_overhead_files(str(project)) == [
        OverheadFile(kind="claude-md", path=f"{project}/CLAUDE.md", applies_to=["claude-code"]),
        OverheadFile(kind="claude-md", path=f"{project}/.claude/CLAUDE.md", applies_to=["claude-code"]),
        OverheadFile(kind="agents-md", path=f"{project}/AGENTS.md", applies_to=["codex", "opencode"]),
    ]


def test_claude_code_loads_only_its_own(project: Path):
    assert find_claude_md_files(str(project)) == [f"{project}/CLAUDE.md", f"{project}/.claude/CLAUDE.md"]


def test_links_are_followed_and_what_is_no_regular_file_is_passed_over(tmp_path: Path):
    (tmp_path / "CLAUDE.md").mkdir()
    (tmp_path / ".claude").mkdir()
    (tmp_path / ".claude" / "CLAUDE.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "guide").write_text("# x\n")
    (tmp_path / "AGENTS.md").symlink_to(tmp_path / "guide")
    assert [file.path for file in find_overhead_files(str(tmp_path))] == [f"{tmp_path}/AGENTS.md"]


def test_paths_are_tidied_but_not_made_absolute(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(project / "docs")
    assert find_claude_md_files("")[0] == "CLAUDE.md"
    assert find_claude_md_files("..//docs/./../")[0] == "../CLAUDE.md"
    assert find_claude_md_files(f"/{project}/")[0] == f"{project}/CLAUDE.md"


def test_a_path_that_can_name_no_file_has_no_files():
    assert find_overhead_files("/a\0b") == find_overhead_files("/\ud800") == []


def test_a_loaded_file_is_the_file_with_its_sections(project: Path):
    (file, *_) = find_overhead_files(str(project))
    assert load_overhead_file(file) == LoadedFile(file=file, parsed=parse_markdown(file.path, "# x\n"))


def test_each_maximal_malformed_part_becomes_one_replacement_and_a_byte_order_mark_stays(tmp_path: Path):
    path = tmp_path / "CLAUDE.md"
    path.write_bytes(b"\xef\xbb\xbfa\xff\xe2\x82z\r\n")
    assert read_overhead_text(str(path)) == "\ufeffa\ufffd\ufffdz\r\n"
    assert load_claude_md_file(str(path)).bytes == 3 + 1 + 3 + 3 + 1 + 1


@pytest.mark.parametrize("name", ["missing.md", "folder", "a\0b", "\ud800"])
def test_what_cannot_be_read_is_said_with_its_path(tmp_path: Path, name: str):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OverheadFileUnreadable) as caught:
        load_claude_md_file(f"{tmp_path}/{name}")
    assert caught.value.path.endswith(name)


def test_sources_are_described_in_code_unit_order():
    assert describe_applies_to(["opencode", "codex", "Z", "\ue000", "🙂"]) == "Z, codex, opencode, 🙂, \ue000"
    assert describe_applies_to([]) == ""
