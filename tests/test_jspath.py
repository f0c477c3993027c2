"""Paths are resolved as texts, the way JavaScript does it."""

from __future__ import annotations

import pytest

from relayburn.jspath import absolute, joined, relative


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("/p", "CLAUDE.md"), "/p/CLAUDE.md"),
        (("/p/", "./a//b/"), "/p/a/b"),
        (("//p", "a"), "/p/a"),
        (("p", "..", "..", "a"), "../a"),
        (("/..", "a"), "/a"),
        (("", "a"), "a"),
        (("", ""), "."),
        (("/",), "/"),
    ],
)
def test_joining_tidies_without_making_absolute(parts: tuple[str, ...], path: str):
    assert joined(*parts) == path


@pytest.mark.parametrize(
    ("path", "found"), [("a/../b", "/w/b"), ("", "/w"), ("/a/./b/", "/a/b"), ("//a", "/a"), ("../../..", "/")]
)
def test_an_absolute_path_starts_at_the_working_directory(path: str, found: str):
    assert absolute(path, "/w") == found


@pytest.mark.parametrize(
    ("base", "path", "found"),
    [
        ("/r", "/r/a/b", "a/b"),
        ("/r/", "/r", ""),
        ("/r/a", "/r/b", "../b"),
        ("", "a", "a"),
        ("a", "/w", ".."),
        ("/r", "/..x", "../..x"),
    ],
)
def test_a_relative_path_leads_from_the_base(base: str, path: str, found: str):
    assert relative(base, path, "/w") == found
