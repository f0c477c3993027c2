"""How amounts, sizes, tables and JSON are printed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from relayburn import jsjson
from relayburn.cli.formats import bytes_text, json_text, plural, shortened, table, usd
from tests.json_values import JSON_VALUES


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (0.00001, "$0.0000"),
        (0.00005, "$0.0001"),
        (-1.234, "$-1.2340"),
        (0.01, "$0.010"),
        (0.9996, "$1.000"),
        (1.005, "$1.00"),
        (1234.5, "$1234.50"),
    ],
)
def test_small_amounts_have_more_digits(amount: float, text: str) -> None:
    assert usd(amount) == text


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.00 KB"),
        (10240, "10.0 KB"),
        (102400, "100 KB"),
        (1024**2 - 1, "1024 KB"),
        (1024**2, "1.00 MB"),
        (1024**5 * 3, "3072 TB"),
    ],
)
def test_a_size_has_three_digits(size: int, text: str) -> None:
    assert bytes_text(size, unit="bytes") == text


def test_columns_are_as_wide_as_their_widest_cell_in_utf_16_units() -> None:
    assert table([["модель-🚀", "x"], ["a", "b", "c"], ["short"]]) == "модель-🚀  x\na          b  c\nshort"
    assert table([]) == ""


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert [shortened(text, 4) for text in ("abcd", "abcde", "")] == ["abcd", "abc…", ""]


def test_one_is_singular() -> None:
    assert [plural(count) for count in (0, 1, 2)] == ["s", "", "s"]


def test_json_is_indented_as_javascript_does_it() -> None:
    value = {"b": [], "2": {}, "1": [1.0, 1e-7, -0.0, float("inf")], "é": None, "t": True}

    assert json_text(value) == (
        '{\n  "1": [\n    1,\n    1e-7,\n    0,\n    null\n  ],\n  "2": {},\n  "b": [],\n  "é": null,\n  "t": true\n}'
    )


@given(JSON_VALUES)
def test_indented_json_says_the_same_as_compact_json(value: Any) -> None:
    assert jsjson.loads(json_text(value)) == jsjson.loads(jsjson.compact(value))
