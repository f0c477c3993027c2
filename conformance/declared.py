"""Declared differences, laid over what differs on one line.

In: the divergences of an exchange and the entries that speak of it. Out: which entry admits which, and what still
differs. An entry hides the one place it names: the recorded answer with the admitted changes made must be the
subject's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conformance.compare import same
from conformance.entries import ABSENT, DeclaredEntry
from conformance.explain import Divergence, divergences
from conformance.jsonpath import Path, read


def entry_for(found: Divergence, entries: Sequence[DeclaredEntry]) -> DeclaredEntry | None:
    """The entry that admits exactly this divergence, if one does."""
    for entry in entries:
        if entry.path == found.path and same(entry.expected, found.expected) and same(entry.actual, found.actual):
            return entry
    return None


def with_whole_places(
    expected: Any, actual: Any, entries: Sequence[DeclaredEntry]
) -> tuple[Any, tuple[DeclaredEntry, ...]]:
    """The recorded output with the subject's at each place that an entry declares as a whole, and those entries."""
    used = []
    for entry in entries:
        steps = read(entry.path) if _is_whole(entry.expected) and _is_whole(entry.actual) else None
        if steps and same(entry.expected, _at(expected, steps)) and same(entry.actual, _at(actual, steps)):
            expected = _changed(expected, steps, Divergence(entry.path, entry.expected, entry.actual, steps=steps))
            used.append(entry)
    return expected, tuple(used)


def _is_whole(value: Any) -> bool:
    return isinstance(value, dict | list)


def _at(value: Any, steps: Path) -> Any:
    for step in steps:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return ABSENT
    return value


def left_over(expected: Any, actual: Any, admitted: Sequence[Divergence], protocol: str) -> tuple[Divergence, ...]:
    """What still differs from the recorded output when the admitted changes are made to it."""
    try:
        for change in _in_order(admitted):
            expected = _changed(expected, change.steps, change)
    except (LookupError, TypeError):
        # Changes that do not fit together do not explain the difference.
        return (Divergence("$", expected, actual),)
    return divergences(expected, actual, protocol)


def _in_order(changes: Sequence[Divergence]) -> list[Divergence]:
    """Replacements, then removals from the end, then insertions from the start, so that each finds its place."""
    removed = [change for change in changes if change.actual is ABSENT]
    inserted = [change for change in changes if change.expected is ABSENT]
    replaced = [change for change in changes if change not in removed and change not in inserted]
    return [*replaced, *sorted(removed, key=_place, reverse=True), *sorted(inserted, key=_place)]


def _place(change: Divergence) -> tuple[tuple[bool, str | int], ...]:
    return tuple((isinstance(step, str), step) for step in change.steps)


def _changed(value: Any, steps: Path, change: Divergence) -> Any:
    """A copy of `value` with the change made, copied along its path alone."""
    if not steps:
        return change.actual
    key, rest = steps[0], steps[1:]
    copied: Any = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copied[key] = _changed(copied[key], rest, change)
    elif change.actual is ABSENT:
        del copied[key]
    elif change.expected is ABSENT and isinstance(copied, list):
        copied.insert(key, change.actual)
    else:
        copied[key] = change.actual
    return copied
