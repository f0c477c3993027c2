"""Cursors and high-water marks as files (ledger.md 8 and 9)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from relayburn.jsjson import compact
from relayburn.ledger.cursors import load_cursors, save_changed_cursors, save_cursors
from relayburn.ledger.high_water_marks import load_high_water_marks, save_high_water_marks
from relayburn.ledger.home import Home
from relayburn.ledger.json_file import indented
from tests.json_values import JSON_VALUES, PLAIN_VALUES
from tests.ledger.records import home_at

CLAUDE = {"kind": "claude", "inode": 1, "offsetBytes": 10, "mtimeMs": 5.25}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path / "burn")


def test_a_cursor_file_is_indented_by_two_without_a_last_line_end(home: Home) -> None:
    save_cursors(home, {"/a": CLAUDE | {"mtimeMs": 5.0, "seen": [], "none": {}}})

    assert home.cursors.read_text() == (
        '{\n  "files": {\n    "/a": {\n      "kind": "claude",\n      "inode": 1,\n      "offsetBytes": 10,\n'
        '      "mtimeMs": 5,\n      "seen": [],\n      "none": {}\n    }\n  }\n}'
    )


@pytest.mark.parametrize("text", ["{nope", "", "7", "[]", '{"files":null}', '{"files":7}', '\ufeff{"files":{"a":1}}'])
def test_a_file_that_says_nothing_holds_no_cursors(home: Home, text: str) -> None:
    home.path.mkdir()
    home.cursors.write_text(text)

    assert load_cursors(home) == {}


def test_a_list_in_place_of_the_map_is_given_as_it_is(home: Home) -> None:
    home.path.mkdir()
    home.cursors.write_text('{"files":["x"]}')

    assert load_cursors(home) == ["x"]


def test_nothing_is_written_where_nothing_changed(home: Home) -> None:
    reordered = dict(reversed(CLAUDE.items()))

    assert not save_changed_cursors(home, {"/a": CLAUDE}, {"/a": reordered})
    assert not home.path.exists()


def test_true_is_a_change_from_one(home: Home) -> None:
    assert save_changed_cursors(home, {"/a": {"x": 1}}, {"/a": {"x": True}})


def test_only_what_changed_is_changed(home: Home) -> None:
    save_cursors(home, {"/gone": CLAUDE, "/same": CLAUDE, "/foreign": {"kind": "mystery"}})

    save_changed_cursors(
        home, {"/gone": CLAUDE, "/same": {"kind": "stale"}}, {"/same": {"kind": "stale"}, "/new": CLAUDE}
    )

    assert load_cursors(home) == {"/same": CLAUDE, "/foreign": {"kind": "mystery"}, "/new": CLAUDE}
    assert [path.name for path in home.path.iterdir()] == ["cursors.json"]


def test_a_malformed_file_is_replaced(home: Home) -> None:
    home.path.mkdir()
    home.cursors.write_text("junk")

    save_changed_cursors(home, {}, {"/c": CLAUDE})

    assert load_cursors(home) == {"/c": CLAUDE}


def test_marks_come_back_as_they_were_saved(home: Home) -> None:
    marks = {"s-1": {"lastMessageId": "m", "lastTs": "2026-11-10T10:00:00.000Z", "mtimeMs": 1}}
    save_high_water_marks(home, marks)

    assert load_high_water_marks(home) == marks
    assert home.high_water_marks.read_bytes() == indented(marks)


@pytest.mark.parametrize("text", ["[1]", "{x", ""])
def test_marks_that_are_no_object_are_none(home: Home, text: str) -> None:
    assert load_high_water_marks(home) == {}
    home.path.mkdir()
    home.high_water_marks.write_text(text)

    assert load_high_water_marks(home) == {}


@given(JSON_VALUES)
def test_indentation_changes_no_value_and_no_order(value) -> None:
    text = indented(value).decode()

    assert compact(json.loads(text)) == compact(value)
    assert all(len(line) - len(line.lstrip(" ")) == 2 * depth for line, depth in _depths(text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5.0, "5"),
        (-0.0, "0"),
        (1e16, "10000000000000000"),
        (1e21, "1e+21"),
        (5e-7, "5e-7"),
        (2**60 + 1, "1152921504606847000"),
        (1795287963142.2683, "1795287963142.2683"),
        ("5.0,", '"5.0,"'),
    ],
)
def test_numbers_are_written_as_javascript_does(value, text: str) -> None:
    assert indented({"b": [value, value], "a": value}).decode() == (
        f'{{\n  "b": [\n    {text},\n    {text}\n  ],\n  "a": {text}\n}}'
    )


@given(PLAIN_VALUES)
def test_both_roads_of_indentation_agree(value) -> None:
    quick = indented([value]).decode()

    # A lone surrogate takes the slow road.
    assert indented([value, "\ud800"]).decode() == quick.removesuffix("\n]") + ',\n  "\\ud800"\n]'


def _depths(text: str) -> Iterator[tuple[str, int]]:
    """Each line, and how deep it should stand."""
    depth = 0
    for line in text.split("\n"):
        yield line, depth - line.lstrip(" ").startswith(("}", "]"))
        outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        depth += sum(map(outside.count, "{[")) - sum(map(outside.count, "}]"))
