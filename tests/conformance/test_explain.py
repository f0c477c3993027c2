"""What a reader is shown of a difference."""

from __future__ import annotations

import pytest

from conformance.entries import ABSENT
from conformance.explain import MOST_DIFFERENCES, Divergence, divergences

TURNS = [{"id": f"turn-{index}", "usage": {"input": index, "cost": index / 4}} for index in range(30)]


def found(expected: object, actual: object) -> list[tuple[str, object, object]]:
    return [(item.path, item.expected, item.actual) for item in divergences(expected, actual, "relayburn.tiny")]


def test_nothing_is_said_of_what_is_the_same() -> None:
    assert divergences({"a": [1, 0.5]}, {"a": (1.0, 0.5 + 1e-10)}, "relayburn.tiny") == ()


def test_one_missing_element_is_one_divergence() -> None:
    assert found(TURNS, TURNS[:20] + TURNS[21:]) == [("$[20]", TURNS[20], ABSENT)]


def test_one_element_too_many_is_one_divergence() -> None:
    extra = {"id": "extra"}

    assert found(TURNS, [*TURNS[:20], extra, *TURNS[20:]]) == [("$[20]", ABSENT, extra)]


def test_a_change_behind_a_missing_element_is_found_at_its_recorded_place() -> None:
    actual = [*TURNS[:5], *TURNS[6:]]
    actual[9] = {"id": "turn-10", "usage": {"input": 99, "cost": 2.5}}

    assert found(TURNS, actual) == [("$[5]", TURNS[5], ABSENT), ("$[10].usage.input", 10, 99)]


def test_a_reordered_list_is_shown_although_nothing_is_missing() -> None:
    reordered = [TURNS[1], TURNS[0], *TURNS[2:]]

    assert found(TURNS, reordered)[0] == ("$[0].id", "turn-0", "turn-1")


def test_money_says_how_much_is_at_stake() -> None:
    (cost,) = divergences({"totalCost": 1.5}, {"totalCost": 1.25}, "relayburn.tiny")
    (count,) = divergences({"turnCount": 3}, {"turnCount": 2}, "relayburn.tiny")

    assert cost == Divergence("$.totalCost", 1.5, 1.25, -0.25, ("totalCost",))
    assert count.usd_delta is None


def test_what_is_within_tolerance_is_not_shown_beside_what_is_not() -> None:
    assert found({"a": 0.1, "b": 1, "c": 2}, {"a": 0.1 + 1e-12, "b": 3, "c": 4}) == [("$.b", 1, 3), ("$.c", 2, 4)]


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (["\ud800", "\udfff"], ["\udfff", "x"]),
        ([1e400, -1e400, 1], [-1e400, 1e400, 2]),
        ({"a": float("nan"), "b": 1}, {"a": float("nan"), "b": 2}),
        ([1, 2], [object(), {1, 2}]),
        ([1, 2], [b"", {3: 4, (5, 6): 7}]),
        ({"a": 1, "b": 2}, "text"),
    ],
)
def test_odd_values_are_explained_without_a_crash(expected: object, actual: object) -> None:
    assert divergences(expected, actual, "relayburn.tiny")


def test_deep_values_are_explained_without_a_crash() -> None:
    expected: object = 1
    actual: object = 2
    for _ in range(1500):
        expected, actual = [expected, 0], [actual, 1]

    assert len(divergences(expected, actual, "relayburn.tiny")) == MOST_DIFFERENCES


def test_large_values_are_explained_up_to_a_limit() -> None:
    assert len(divergences(list(range(30_000)), list(range(1, 30_001)), "relayburn.tiny")) == MOST_DIFFERENCES


def test_elements_that_hold_lone_surrogates_are_compared() -> None:
    expected, actual = ([{"id": "1", "text": "\ud800", "size": size, "length": size}] for size in (1, 3))

    assert found(expected, actual) == [("$[0].size", 1, 3), ("$[0].length", 1, 3)]
