"""Which project a directory belongs to (git.md)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from relayburn.errors import InvalidProject
from relayburn.reader.git import (
    MAX_DIRECTORIES,
    Project,
    ProjectResolver,
    canonicalize_remote_url,
    parse_git_config,
    resolve_project,
)
from relayburn.records import UNSET
from relayburn.text import trim

ORIGIN = '[remote "origin"]\n\turl = git@github.com:acme/x.git\n'
KEY = "github.com/acme/x"


def repository(root: Path, config: str | bytes = ORIGIN) -> Path:
    (root / ".git").mkdir(parents=True)
    (root / ".git" / "config").write_bytes(config if isinstance(config, bytes) else config.encode())
    return root


def key_of(cwd: str | Path) -> str | None:
    found = resolve_project(str(cwd))
    assert found.project == str(cwd)
    return None if found.project_key is UNSET else found.project_key


# Finding the repository


def test_the_repository_is_found_from_below(tmp_path):
    repository(tmp_path / "r")

    assert key_of(tmp_path / "r") == KEY
    assert key_of(tmp_path / "r" / "not" / "there") == KEY
    assert key_of(f"{tmp_path}/r/a/../b//./c/") == KEY
    assert key_of(tmp_path / "elsewhere") is None


def test_a_relative_directory_starts_where_the_process_stands(tmp_path, monkeypatch):
    repository(tmp_path / "r")
    monkeypatch.chdir(tmp_path)

    assert key_of("r/x") == KEY
    assert key_of("") is None
    monkeypatch.chdir(tmp_path / "r")
    assert key_of("") == KEY


def test_links_on_the_way_are_not_followed(tmp_path):
    repository(tmp_path / "r")
    (tmp_path / "r" / "sub").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "r" / "sub")

    assert key_of(tmp_path / "link") is None


def test_a_link_to_a_git_directory_is_one(tmp_path):
    repository(tmp_path / "r")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / ".git").symlink_to(tmp_path / "r" / ".git")

    assert key_of(tmp_path / "s") == KEY


def test_a_git_directory_without_config_ends_the_search(tmp_path):
    repository(tmp_path)
    (tmp_path / "inner" / ".git").mkdir(parents=True)

    assert key_of(tmp_path / "inner") is None


def test_the_search_gives_up_after_a_hundred_directories(tmp_path):
    repository(tmp_path)

    assert key_of(tmp_path / "/".join("d" * (MAX_DIRECTORIES - 1))) == KEY
    assert key_of(tmp_path / "/".join("d" * MAX_DIRECTORIES)) is None


@pytest.mark.parametrize(
    "config",
    [
        b"",
        b'[remote "upstream"]\nurl = git@h:a/b',
        b'[Remote "origin"]\nurl = git@h:a/b',
        b'[remote "origin"]\nURL = git@h:a/b',
        b'[remote "origin"] # x\nurl = git@h:a/b',
        b'[remote "origin"]\nurl =',
        b'[remote "origin"]\nurl = /srv/x.git',
        b'\xef\xbb\xbf[remote "origin"]\nurl = git@h:a/b',
    ],
)
def test_a_config_without_a_usable_origin_gives_no_key(tmp_path, config):
    assert key_of(repository(tmp_path, config)) is None


def test_bytes_of_a_config_that_are_no_utf8_are_replaced(tmp_path):
    assert key_of(repository(tmp_path, b'[remote "origin"]\nurl = git@h:a/\xff')) == "h/a/\ufffd"


# Worktrees


@pytest.mark.parametrize(
    "pointer",
    [
        "gitdir: {}",
        "gitdir:{}",
        "# x\ngitdir: {} \nmore",
        "x\rgitdir: {}",
        "x\u2028gitdir:\t{}\ufeff",
        "gitdir:\n\n  {}\ngitdir: /nowhere",
    ],
)
def test_a_git_file_points_to_the_git_directory(tmp_path, pointer):
    repository(tmp_path / "main")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text(pointer.format("../main/.git"))

    assert key_of(tmp_path / "tree" / "sub") == KEY


def test_a_worktree_shares_the_config_of_its_repository(tmp_path):
    repository(tmp_path / "main")
    private = tmp_path / "main" / ".git" / "worktrees" / "tree"
    private.mkdir(parents=True)
    (private / "commondir").write_text("\n ../.. \n")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text(f"gitdir: {private}\n")

    assert key_of(tmp_path / "tree") == KEY


def test_a_blank_commondir_is_as_good_as_none(tmp_path):
    git_dir = repository(tmp_path / "main") / ".git"
    (git_dir / "commondir").write_text(" \n")
    (tmp_path / ".git").write_text("gitdir: main/.git")

    assert key_of(tmp_path) == KEY


@pytest.mark.parametrize(
    "text", ["", "nothing", "GITDIR: x", " gitdir: x", "x\u0085gitdir: x", "gitdir:", "gitdir:\n\r"]
)
def test_a_git_file_that_points_nowhere_is_passed_over(tmp_path, text):
    repository(tmp_path)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_text(text)

    assert key_of(tmp_path / "tree") == KEY


@pytest.mark.parametrize("text", ["gitdir: missing", "gitdir:  ", "gitdir: a\0b", "gitdir: \ud800"])
def test_a_git_file_that_points_to_nothing_ends_the_search(tmp_path, text):
    repository(tmp_path)
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / ".git").write_bytes(text.encode("utf-8", "surrogatepass"))

    assert key_of(tmp_path / "tree") is None


def test_a_megabyte_of_blanks_in_a_git_file_is_read_in_passing(tmp_path):
    (tmp_path / ".git").write_text("gitdir: a" + " " * 1_000_000 + "b")

    assert key_of(tmp_path) is None


# Directories nobody can look into


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000, "\ud800", "\udcff", "é\u2028\n"])
def test_a_name_that_no_directory_can_have_is_walked_up_from(tmp_path, name):
    repository(tmp_path)

    assert key_of(f"{tmp_path}/{name}/..") == KEY
    assert key_of(f"{tmp_path}/{name}") == KEY


def test_half_a_megabyte_of_directories_is_walked_in_passing(tmp_path):
    assert key_of(f"{tmp_path}{'/a' * 250_000}") is None


def test_a_lone_surrogate_in_a_path_stands_for_the_replacement_character(tmp_path):
    repository(tmp_path / "\ufffd")

    assert key_of(f"{tmp_path}/\ud800") == KEY


def test_nothing_is_found_from_a_directory_that_is_gone(tmp_path):
    repository(tmp_path / "r")
    script = (
        "import os, sys; from relayburn.reader.git import resolve_project as resolve;"
        "os.chdir(sys.argv[1]); os.rmdir(sys.argv[1]);"
        "print(resolve('').project_key, resolve('x').project_key, resolve(sys.argv[2]).project_key)"
    )
    (tmp_path / "gone").mkdir()
    command = [sys.executable, "-c", script, str(tmp_path / "gone"), str(tmp_path / "r")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)

    assert done.stdout.split() == ["UNSET", "UNSET", KEY]


@pytest.mark.parametrize("cwd", [None, 7, True, ["/"], {}, UNSET])
def test_a_directory_that_is_no_text_is_refused(cwd):
    with pytest.raises(InvalidProject):
        resolve_project(cwd)
    with pytest.raises(InvalidProject):
        ProjectResolver().resolve(cwd)


def test_a_resolver_asks_once_per_directory(tmp_path):
    resolver = ProjectResolver()
    assert resolver.resolve(str(tmp_path)) == Project(str(tmp_path))
    repository(tmp_path)

    assert resolver.resolve(str(tmp_path)) == Project(str(tmp_path))
    assert ProjectResolver().resolve(str(tmp_path)) == Project(str(tmp_path), KEY)


# Config files


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("", {}),
        ("a = 1\n[core]\na = 1", {"core": {"a": "1"}}),
        ("[core]\r\na = 1\r\nb", {"core": {"a": "1"}}),
        ("[core]\ra = 1", {}),
        ("[a]\nx = 1\n[b]\n[a]\ny = 2\nx = 3", {"a": {"x": "3", "y": "2"}, "b": {}}),
        ('[ remote   "origin" ]', {'remote "origin"': {}}),
        ('[remote\u00a0"a\\"b"]', {'remote "a\\"b"': {}}),
        ('[remote"origin"]', {'remote"origin"': {}}),
        ('[ré "x"]', {'ré "x"': {}}),
        ("[]", {"": {}}),
        ("[a]\n[b", {"a": {}}),
        ("[a]\n[b # = 1", {"a": {"[b #": "1"}}),
        ('[a]\n[b "c"] ; x = 1', {"a": {'[b "c"] ; x': "1"}}),
        ("[a]\nk = v # x", {"a": {"k": "v"}}),
        ("[a]\nk = v;x", {"a": {"k": "v"}}),
        ('[a]\nk = "a # b" # c', {"a": {"k": "a # b"}}),
        ('[a]\nk = "a;b', {"a": {"k": "a;b"}}),
        ('[a]\nk = "a"b"c;"', {"a": {"k": "abc;"}}),
        ('[a]\nk = " v "', {"a": {"k": "v"}}),
        ("[a]\nk = a\\", {"a": {"k": "a\\"}}),
        ("[a]\nk = a=b", {"a": {"k": "a=b"}}),
        ("[a]\n = v\n\ufeffk\ufeff=\u00a0v", {"a": {"k": "v"}}),
        ("[a]\n# k = v\n; k = v", {"a": {}}),
    ],
)
def test_a_config_file_is_read_line_by_line(text, sections):
    assert parse_git_config(text) == sections


# Remotes


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("git@GitHub.COM:Acme/x.git", "github.com/Acme/x"),
        ("ssh://git@host.example:2222/team/repo.git/", "host.example/team/repo"),
        ("git@host:22/acme/x", "host/22/acme/x"),
        ("git@host://acme/x//", "host/acme/x"),
        ("git@host:acme/repo/.git", "host/acme/repo/"),
        ("git@host:x.git.git", "host/x.git"),
        ("git@host:x.GIT", "host/x.GIT"),
        ("https://host/@scope/pkg", "scope/pkg"),
        ("https://a@b@host/x", "b@host/x"),
        ("https://[::1]:8080/x/y", "[/x/y"),
        ("https://host//double//x", "host//double//x"),
        ("https://host/x?q=1", "host/x?q=1"),
        (" https://H/x\n", "h/x"),
        ("file:///srv/x.git", None),
        ("github.com:a/b", None),
        ("me.too@host:a/b", None),
        ("gît@host:a/b", None),
        ("git@host:.git", None),
        ("git@host:/", None),
        ("https://host", None),
        ("https://host/.git", None),
        ("https://:80/x", None),
        ("1http://host/x", None),
        ("https://host/x\u2028y", None),
        ("git@ho\u00a0st:x", None),
        ("git@h:a\ny", None),
        ("/srv/x", None),
        ("", None),
        (" \ufeff", None),
    ],
)
def test_a_remote_becomes_host_and_path(url, key):
    assert canonicalize_remote_url(url) == key


# Laws

URL_PARTS = st.sampled_from(
    ["git@", "@", ":", "/", "//", ".git", "https://", "Host", ".", " ", "\n", "\u2028", "é", "\ud800"]
)
CONFIG_PARTS = st.sampled_from(
    ["[", "]", "[a]", '[b "c"]', '"', "#", ";", "=", "k", " ", "\t", "\n", "\r", "\ufeff", "\\"]
)
CONFIGS = st.lists(CONFIG_PARTS).map("".join) | st.text(st.characters())


@pytest.mark.properties
@given(st.lists(URL_PARTS).map("".join) | st.text(st.characters()))
@example("git@/:git@")
def test_a_key_has_a_host_and_a_path_and_no_line_end(url):
    key = canonicalize_remote_url(url)

    if key is not None:
        host, slash, path = key.partition("/")
        # What stands before the colon of an scp form is a host, whatever it begins with.
        assert (host or trim(url).startswith("git@/")) and slash and path
        assert not set("\n\r\u2028\u2029") & set(key)


@pytest.mark.properties
@given(CONFIGS, CONFIGS)
def test_more_lines_only_add_to_a_config_or_replace_values(text, more):
    before, after = parse_git_config(text), parse_git_config(f"{text}\n{more}")

    assert before.keys() <= after.keys()
    assert all(before[section].keys() <= after[section].keys() for section in before)


@pytest.mark.properties
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cwd=st.text(st.characters()) | st.lists(st.sampled_from(["/", "..", ".", "a", "\0", "\udc80"])).map("".join))
def test_any_text_has_a_project(cwd):
    assert resolve_project(cwd).project == cwd
