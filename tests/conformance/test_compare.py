"""What counts as the same answer."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.compare import agree, differences, same
from conformance.jsonpath import written

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def nested(depth: int, core: object) -> object:
    value = core
    for _ in range(depth):
        value = {"in": [value]}
    return value


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (5, 5.0),
        (5.0, 5),
        (10**21, 1e21),
        (0, -0.0),
        (0.25, 0.25 + 0.5e-9),
        (3, 3.0000000004),
        (math.inf, math.inf),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ([1, [2]], (1, (2,))),
        ("\ud800", "\ud800"),
        (None, None),
        ([], []),
    ],
)
def test_these_are_the_same(expected: object, actual: object) -> None:
    assert same(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1, True),
        (True, 1),
        (0, False),
        (1.0, True),
        (None, 0),
        (None, False),
        ("", None),
        ("1", 1),
        ("\ud800", "\ud801"),
        (math.nan, math.nan),
        (None, math.nan),
        (0.5, math.nan),
        (math.inf, -math.inf),
        (1e308, math.inf),
        (5, 6),
        (9007199254740993, 9007199254740992.0),
        (10**400, math.inf),
        (10**400, 0.5),
        (0.25, 0.25 + 2e-9),
        ([1, 2], [2, 1]),
        ([1, 2], [1]),
        ([1], [1, 2]),
        ([], {}),
        ({}, None),
        ({"a": 1}, {}),
        ({}, {"a": 1}),
        ({"a": None}, {"b": None}),
        ([None], []),
    ],
)
def test_these_are_not(expected: object, actual: object) -> None:
    assert not same(expected, actual)
    assert not agree(expected, actual)


def test_a_large_figure_that_is_no_money_may_differ_in_its_last_places() -> None:
    figure = 123_456_789.123
    near, far = figure + 7 * math.ulp(figure), figure + 9 * math.ulp(figure)

    assert same({"ratio": figure}, {"ratio": near}, "relayburn.tiny")
    assert not same({"ratio": figure}, {"ratio": far}, "relayburn.tiny")


@pytest.mark.parametrize("key", ["cost", "totalCost", "usdPerSession", "total", "projectedSavings", "dollarPerToken"])
def test_a_large_amount_of_money_may_not(key: str) -> None:
    amount = 123_456_789.123

    assert not same({key: amount}, {key: amount + 2 * math.ulp(amount)}, "relayburn.tiny")
    assert same({key: 0.25}, {key: 0.25 + 0.5e-9}, "relayburn.tiny")


def test_a_key_that_says_nothing_asks_the_protocol() -> None:
    amount = 123_456_789.123
    off = amount + 2 * math.ulp(amount)

    assert not same({"input": amount}, {"input": off}, "relayburn.analyze.cost.cost_for_turn")
    assert same({"input": amount}, {"input": off}, "relayburn.reader.claude")


@pytest.mark.parametrize("depth", [200, 5000])
def test_no_depth_is_too_much(depth: int) -> None:
    assert same(nested(depth, 1), nested(depth, 1))
    assert not same(nested(depth, 1), nested(depth, 2))


def test_every_place_that_differs_is_named() -> None:
    expected = {"turns": [{"id": "a", "n": 1}, {"id": "b", "n": 2}], "a key": [1], "gone": 0}
    actual = {"turns": [{"id": "a", "n": 1}, {"id": "c", "n": True}], "a key": [1, 2], "new": 0}

    found = [written(difference.path) for difference in differences(expected, actual, "relayburn.tiny")]

    assert found == ["$.turns[1].id", "$.turns[1].n", '$["a key"][1]', "$.gone", "$.new"]


@pytest.mark.properties
@given(JSON)
def test_everything_is_itself(value: object) -> None:
    assert agree(value, value)


@pytest.mark.properties
@given(JSON, JSON)
def test_the_quick_look_and_the_walk_say_the_same(one: object, other: object) -> None:
    assert same(one, other) == same(other, one)
    if agree(one, other):
        assert not list(differences(one, other, "relayburn.tiny"))
