"""Errors on the way between processes: every class keeps its text and what it knows."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import relayburn
from relayburn.errors import InvalidProject, LogUnreadable, RelayburnError

EXAMPLES: dict[str, Any] = {
    "cause": OSError(28, "No space left on device", "/logs/a.jsonl"),
    "line": 3,
    "byte": 120,
    "ms": 1e300,
    "cwd": {"not": ["a", "text"]},
}
"""What an error is made of, where a text will not do."""


def below(cls: type[RelayburnError]) -> Iterator[type[RelayburnError]]:
    yield cls
    for child in cls.__subclasses__():
        yield from below(child)


def all_errors() -> list[type[RelayburnError]]:
    for module in pkgutil.iter_modules(relayburn.__path__, "relayburn."):
        importlib.import_module(module.name)
    return sorted(set(below(RelayburnError)), key=lambda cls: cls.__qualname__)


def example(cls: type[RelayburnError]) -> RelayburnError:
    """An error of `cls`, made of something for each of its parameters."""
    made_by = next(each.__init__ for each in cls.__mro__ if "__init__" in vars(each))
    if made_by is Exception.__init__:
        return cls("what went wrong")
    return cls(*[EXAMPLES.get(name, f"some {name}") for name in list(inspect.signature(made_by).parameters)[1:]])


def known(error: RelayburnError) -> dict[str, Any]:
    """The attributes of `error`; an exception among them by its text, because no two are equal."""
    return {name: repr(value) for name, value in vars(error).items()}


@pytest.mark.parametrize("cls", all_errors(), ids=lambda cls: cls.__qualname__)
@pytest.mark.parametrize("journey", (lambda error: pickle.loads(pickle.dumps(error)), copy.copy, copy.deepcopy))
def test_an_error_survives_pickling_and_copying(cls: type[RelayburnError], journey: Any) -> None:
    error = example(cls)
    error.add_note("while reading")

    again = journey(error)

    assert type(again) is cls
    assert (str(again), again.args, known(again)) == (str(error), error.args, known(error))


def test_an_error_says_what_failed_after_its_way() -> None:
    error = pickle.loads(pickle.dumps(LogUnreadable("/logs/a.jsonl", OSError(13, "Permission denied"))))

    assert str(error) == "cannot read /logs/a.jsonl: Permission denied"
    assert error.path == "/logs/a.jsonl"
    assert error.cause.errno == 13


def test_a_working_directory_of_any_depth_can_be_told_of() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]

    assert len(str(InvalidProject(deep))) < 100
