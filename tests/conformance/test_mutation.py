"""How a fault gets into a module: each kind of change on a small source, and what is refused."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from conformance.mutation import Change, Drop, FaultUnusable, Flip, Misspell, Rewrite, Shift, install

SOURCE = '''
"""A module with 1 number in its docstring."""

LIMIT = 10
NAMES: tuple[str, ...] = ("read", "write", "axe")
PAIRS = {"one": 1, **{"two": 2}, "three": 3}
SHAPES = frozenset({"round", "square"})
ROWS = [(1, 2), (3, 4)]


class Box:
    """Holds 2 things."""

    def holds(self, size: "int") -> bool:
        """Whether 0 < size fits."""
        return 0 < size <= LIMIT and size is not None

    def is_known(self, name: str = "box") -> bool:
        return name in NAMES or name == "any"


def same(left: int, right: int, strict: bool = True) -> bool:
    return left + 1 == right + 2 if strict else left != right
'''


def changed(change: Change, source: str = SOURCE) -> dict[str, str]:
    """What `change` makes of `source`: per line of it that is another, the new line."""
    before = ast.unparse(ast.parse(source)).splitlines()
    after = ast.unparse(ast.parse(change.apply(source))).splitlines()
    assert len(before) == len(after)
    return {old.strip(): new.strip() for old, new in zip(before, after, strict=True) if old != new}


def test_a_rewrite_replaces_the_text_where_it_stands() -> None:
    assert changed(Rewrite("LIMIT = 10", "LIMIT = 20")) == {"LIMIT = 10": "LIMIT = 20"}


@pytest.mark.parametrize(
    ("comparison", "neighbour"),
    [
        ("a < b", "a <= b"),
        ("a <= b", "a < b"),
        ("a > b", "a >= b"),
        ("a >= b", "a > b"),
        ("a == b", "a != b"),
        ("a != b", "a == b"),
        ("a is b", "a is not b"),
        ("a is not b", "a is b"),
        ("a in b", "a not in b"),
        ("a not in b", "a in b"),
    ],
)
def test_a_flip_turns_a_comparison_into_its_neighbour(comparison: str, neighbour: str) -> None:
    source = f"def test(a, b):\n    return {comparison}\n"

    assert changed(Flip("test"), source) == {f"return {comparison}": f"return {neighbour}"}


def test_a_flip_counts_the_comparisons_of_its_function_alone() -> None:
    assert changed(Flip("Box.holds", 1)) == {
        "return 0 < size <= LIMIT and size is not None": "return 0 < size <= LIMIT and size is None"
    }
    assert changed(Flip("Box.is_known", 1)) == {
        "return name in NAMES or name == 'any'": "return name in NAMES or name != 'any'"
    }


def test_a_flip_of_a_chain_turns_its_first_comparison() -> None:
    assert changed(Flip("Box.holds", 0)) == {
        "return 0 < size <= LIMIT and size is not None": "return 0 <= size <= LIMIT and size is not None"
    }


def test_a_shift_adds_to_a_whole_number() -> None:
    assert changed(Shift("LIMIT")) == {"LIMIT = 10": "LIMIT = 11"}
    assert changed(Shift("LIMIT", by=-3)) == {"LIMIT = 10": "LIMIT = 7"}
    assert changed(Shift("ROWS", 2)) == {"ROWS = [(1, 2), (3, 4)]": "ROWS = [(1, 2), (4, 4)]"}


def test_a_shift_takes_neither_docstrings_nor_truth_for_numbers() -> None:
    assert changed(Shift("same", 1)) == {
        "return left + 1 == right + 2 if strict else left != right": (
            "return left + 1 == right + 3 if strict else left != right"
        )
    }
    with pytest.raises(FaultUnusable, match="only 2 places"):
        Shift("same", 2).apply(SOURCE)
    with pytest.raises(FaultUnusable, match="only 1 places"):
        Shift("Box.holds", 1).apply(SOURCE)


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (
            Drop("NAMES", 1),
            "NAMES: tuple[str, ...] = ('read', 'write', 'axe')",
            "NAMES: tuple[str, ...] = ('read', 'axe')",
        ),
        (Drop("ROWS", 0), "ROWS = [(1, 2), (3, 4)]", "ROWS = [(3, 4)]"),
        (Drop("SHAPES", 0), "SHAPES = frozenset({'round', 'square'})", "SHAPES = frozenset({'square'})"),
        (Drop("PAIRS", 0), "PAIRS = {'one': 1, **{'two': 2}, 'three': 3}", "PAIRS = {**{'two': 2}, 'three': 3}"),
        (Drop("PAIRS", 1), "PAIRS = {'one': 1, **{'two': 2}, 'three': 3}", "PAIRS = {'one': 1, 'three': 3}"),
    ],
)
def test_a_drop_takes_one_row_out_of_a_table(change: Drop, before: str, after: str) -> None:
    assert changed(change) == {before: after}


def test_a_misspelling_changes_the_last_letter() -> None:
    assert changed(Misspell("NAMES", 0)) == {
        "NAMES: tuple[str, ...] = ('read', 'write', 'axe')": "NAMES: tuple[str, ...] = ('reax', 'write', 'axe')"
    }


def test_a_misspelling_of_an_x_is_a_misspelling_too() -> None:
    assert changed(Misspell("Box.is_known", 0)) == {
        "def is_known(self, name: str='box') -> bool:": "def is_known(self, name: str='boy') -> bool:"
    }


def test_a_misspelling_takes_neither_docstrings_nor_annotations_for_texts() -> None:
    with pytest.raises(FaultUnusable, match="only 0 places"):
        Misspell("Box.holds").apply(SOURCE)


@pytest.mark.parametrize(
    "change",
    [
        Rewrite("LIMIT = 11", "LIMIT = 12"),
        Rewrite("LIMIT", "LIMITS"),
        Flip("Box.holds", 2),
        Flip("Box.opens"),
        Flip("holds"),
        Flip("LIMIT"),
        Shift("NAMES"),
        Shift("LIMIT", 1),
        Drop("NAMES", 3),
        Drop("LIMIT", 0),
        Drop("UNKNOWN", 0),
        Misspell("NAMES", 3),
        Misspell("LIMIT"),
    ],
    ids=repr,
)
def test_a_change_that_fits_nowhere_or_twice_is_refused(change: Change) -> None:
    with pytest.raises(FaultUnusable):
        change.apply(SOURCE)


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(FaultUnusable, match="stands 2 times, not once"):
        Shift("LIMIT").apply("LIMIT = 1\nLIMIT = 2\n")


@pytest.fixture
def importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder from which the module `boxes` can be imported, for one test."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "boxes.py").write_text(SOURCE)
    yield tmp_path
    sys.modules.pop("boxes", None)


def test_an_installed_change_is_in_the_module_and_not_on_the_disk(importing: Path) -> None:
    install("boxes", Shift("LIMIT"))

    assert import_module("boxes").LIMIT == 11
    assert (importing / "boxes.py").read_text() == SOURCE


def test_an_installed_change_leaves_other_modules_alone(importing: Path) -> None:
    (importing / "cases.py").write_text(SOURCE)
    install("boxes", Shift("LIMIT"))

    assert import_module("cases").LIMIT == 10
    del sys.modules["cases"]


def test_a_change_that_comes_after_the_import_is_refused(importing: Path) -> None:
    import_module("boxes")

    with pytest.raises(FaultUnusable, match="already imported"):
        install("boxes", Shift("LIMIT"))


def test_a_change_that_does_not_fit_fails_the_import(importing: Path) -> None:
    install("boxes", Shift("UNKNOWN"))

    with pytest.raises(FaultUnusable):
        import_module("boxes")
