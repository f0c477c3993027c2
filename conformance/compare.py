"""Whether an answer is the recorded one, and where it is not.

In: two JSON values. Integers, text, booleans and null must be equal, and `true` is not 1; where at least one of two numbers
has a fraction they may differ by 1e-9, or by 8 units in the last place where that is more and the figure is no money.
Object keys come in any order, list elements in theirs; NaN equals nothing. `agree` is the quick look of the
gate's hot loop, `differences` says where. Neither minds how deep a value is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.entries import ABSENT
from conformance.jsonpath import Path
from conformance.money import is_money

TOLERANCE = 1e-9
UNITS_IN_LAST_PLACE = 8


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the answer is another one. A side that has nothing there is `ABSENT`."""

    path: Path
    expected: Any
    actual: Any


def agree(expected: Any, actual: Any) -> bool:
    """Whether two values are the same, looked at as if every figure were money. False may still mean the same."""
    todo = [(expected, actual)]
    pop, push = todo.pop, todo.append
    while todo:
        left, right = pop()
        kind = type(left)
        if kind is str or kind is bool or left is None:
            if type(right) is not kind or left != right:
                return False
        elif kind is dict:
            if type(right) is not dict or len(left) != len(right):
                return False
            for key, value in left.items():
                if key not in right:
                    return False
                push((value, right[key]))
        elif kind is list or kind is tuple:
            if not _is_list(right) or len(left) != len(right):
                return False
            todo.extend(zip(left, right, strict=True))
        elif not _numbers_agree(left, right, ()):
            return False
    return True


def differences(expected: Any, actual: Any, protocol: str) -> Iterator[Difference]:
    """Every place where two values differ, in the order of the recorded one; lists are compared place by place."""
    todo: list[Difference] = [Difference((), expected, actual)]
    while todo:
        here = todo.pop()
        left, right = here.expected, here.actual
        if type(left) is dict and type(right) is dict:
            keys = [*left, *(key for key in right if key not in left)]
            pairs = [(key, left.get(key, ABSENT), right.get(key, ABSENT)) for key in keys]
        elif _is_list(left) and _is_list(right):
            pairs = [
                (index, left[index] if index < len(left) else ABSENT, right[index] if index < len(right) else ABSENT)
                for index in range(max(len(left), len(right)))
            ]
        else:
            if not leaves_agree(left, right, here.path, protocol):
                yield here
            continue
        todo.extend(Difference((*here.path, key), one, other) for key, one, other in reversed(pairs))


def same(expected: Any, actual: Any, protocol: str = "") -> bool:
    """Whether two values are the same; `protocol` helps to tell money from other figures."""
    return agree(expected, actual) or next(differences(expected, actual, protocol), None) is None


def leaves_agree(expected: Any, actual: Any, path: Path, protocol: str) -> bool:
    """Whether two values that are not both objects or both lists are the same; `path` tells money from other figures."""
    if type(expected) in (int, float):
        return _numbers_agree(expected, actual, (path, protocol))
    return type(expected) is type(actual) and bool(expected == actual)


def _is_list(value: Any) -> bool:
    return type(value) is list or type(value) is tuple


def _numbers_agree(expected: Any, actual: Any, figure: tuple[Path, str] | tuple[()]) -> bool:
    """Whether two numbers are the same; `figure` is where they stand, empty where the narrow tolerance is to hold."""
    if type(expected) is int and type(actual) is int:
        return expected == actual
    if type(expected) not in (int, float) or type(actual) not in (int, float):
        return False
    if expected == actual:
        return True
    if _has_no_fraction(expected) and _has_no_fraction(actual):
        return False
    try:
        distance = abs(float(expected) - float(actual))
    except OverflowError:
        return False
    if distance <= TOLERANCE:
        return True
    if not figure or not math.isfinite(distance) or is_money(*figure):
        return False
    return distance <= UNITS_IN_LAST_PLACE * math.ulp(max(abs(float(expected)), abs(float(actual))))


def _has_no_fraction(number: int | float) -> bool:
    return type(number) is int or (math.isfinite(number) and float(number).is_integer())
