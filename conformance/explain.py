"""What is different between a recorded answer and another: the few places a reader should look at.

In: two values that differ. Out: their differences, with a JSON path and the money at stake. `deepdiff` finds them,
because it sees that one element is missing where a walk by index would show every later one as changed; what is too
large or too deep for it, and what it does not see, the walk of `compare` shows. Only what differs by the rules of
`compare` is shown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from conformance.compare import Difference, differences, leaves_agree
from conformance.entries import ABSENT
from conformance.jsonpath import Path, written
from conformance.money import is_money

MOST_DIFFERENCES = 1000
_LARGEST_FOR_DEEPDIFF = 20_000
_DEEPEST_FOR_DEEPDIFF = 60
# What tells an element of a list from its neighbours, the most telling first.
_IDENTITIES = ("id", "uuid", "userUuid", "messageId", "toolUseId", "sessionId", "path", "filePath", "name")


@dataclass(frozen=True, slots=True)
class Divergence:
    """One place where an answer is not the recorded one; `usd_delta` is actual minus expected where both are money.

    `path` is the place as it is written, `steps` the same for those who go there.
    """

    path: str
    expected: Any
    actual: Any
    usd_delta: float | None = None
    steps: Path = ()


def divergences(expected: Any, actual: Any, protocol: str) -> tuple[Divergence, ...]:
    """The differences of two values, at most `MOST_DIFFERENCES`; none where they are the same."""
    by_walk = list(itertools.islice(differences(expected, actual, protocol), MOST_DIFFERENCES))
    shown = by_walk
    if len(by_walk) > 1 and _suits_deepdiff(expected) and _suits_deepdiff(actual):
        found = sorted(_by_deepdiff(expected, actual, protocol), key=lambda item: _place(item.path, expected))
        shown = found[:MOST_DIFFERENCES] or by_walk
    return tuple(_told(difference, protocol) for difference in shown)


def _place(path: Path, document: Any) -> list[tuple[int, str]]:
    """Where `path` stands in the order of `document`; keys that it lacks stand behind those it has."""
    place = []
    for step in path:
        if isinstance(document, dict):
            keys = list(document)
            place.append((keys.index(step) if step in document else len(keys), str(step)))
            document = document.get(step)
        else:
            place.append((step if isinstance(step, int) else 0, ""))
            within = isinstance(document, list | tuple) and isinstance(step, int) and step < len(document)
            document = document[step] if within else None
    return place


def _told(difference: Difference, protocol: str) -> Divergence:
    expected, actual = difference.expected, difference.actual
    delta = None
    if type(expected) in (int, float) and type(actual) in (int, float) and is_money(difference.path, protocol):
        delta = float(actual) - float(expected)
    return Divergence(written(difference.path), expected, actual, delta, difference.path)


def _by_deepdiff(expected: Any, actual: Any, protocol: str) -> Iterator[Difference]:
    from deepdiff import DeepDiff

    found = DeepDiff(
        expected,
        actual,
        view="tree",
        threshold_to_diff_deeper=0,
        iterable_compare_func=_are_the_same_element,
        ignore_type_in_groups=[(list, tuple)],
        hasher=_hash,
    )
    levels = [level for kind, levels in found.items() if kind != "iterable_item_moved" for level in levels]
    for level in levels:
        # Despite its name, this gives the place in the first value.
        path = tuple(level.path(output_format="list", use_t2=True))
        sides = tuple(ABSENT if repr(side) == "not present" else side for side in (level.t1, level.t2))
        if not leaves_agree(*sides, path, protocol):
            yield Difference(path, *sides)


def _hash(text: str) -> str:
    # The default one refuses lone surrogates.
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _are_the_same_element(one: Any, other: Any, _level: Any = None) -> bool:
    from deepdiff.helper import CannotCompare

    if type(one) is dict and type(other) is dict:
        for key in _IDENTITIES:
            if key in one and key in other:
                return bool(one[key] == other[key])
    raise CannotCompare


def _suits_deepdiff(value: Any) -> bool:
    """Whether `value` is JSON, and not too much of it."""
    seen = 0
    todo = [(value, 0)]
    while todo:
        item, depth = todo.pop()
        seen += 1
        if seen > _LARGEST_FOR_DEEPDIFF or depth > _DEEPEST_FOR_DEEPDIFF:
            return False
        if type(item) is dict:
            todo.extend((part, depth + 1) for part in item.values())
        elif type(item) is list or type(item) is tuple:
            todo.extend((part, depth + 1) for part in item)
        elif item is not None and type(item) not in (str, bool, int, float):
            return False
    return True
