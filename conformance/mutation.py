"""How a fault is put into a module: its source is changed before it is compiled.

In: the source of a module and a `Change`. Out: the changed source; a change that fits nowhere, or in more than one place,
raises `FaultUnusable`, so that a catalogue cannot rot unseen. `install` makes the next import of the module
compile the changed source; nothing is written to disk.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType


class FaultUnusable(Exception):
    """A fault's change does not fit the source it was written for."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Replace the text `old`, which stands exactly once, by `new`: what a hand would do."""

    old: str
    new: str

    def apply(self, source: str) -> str:
        """`source` with the text replaced."""
        if source.count(self.old) != 1:
            raise FaultUnusable(f"{self.old!r} stands {source.count(self.old)} times, not once")
        return source.replace(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Flip:
    """Turn comparison `nth` (from 0) of function `within` into its neighbour: `<` into `<=`, `is` into `is not`."""

    within: str
    nth: int = 0

    def apply(self, source: str) -> str:
        """`source` with the comparison turned."""
        return _changed(source, self.within, ast.Compare, self.nth, _flip)


@dataclass(frozen=True, slots=True)
class Shift:
    """Add `by` to whole number `nth` (from 0) of function or assignment `within`."""

    within: str
    nth: int = 0
    by: int = 1

    def apply(self, source: str) -> str:
        """`source` with the number shifted."""
        return _changed(source, self.within, _whole_number, self.nth, self._shift)

    def _shift(self, node: ast.AST) -> None:
        assert isinstance(node, ast.Constant) and isinstance(node.value, int)
        node.value += self.by


@dataclass(frozen=True, slots=True)
class Drop:
    """Drop row `nth` (from 0) of the first table in assignment `within`: a tuple, list, set or dict."""

    within: str
    nth: int

    def apply(self, source: str) -> str:
        """`source` with the row dropped."""
        return _changed(source, self.within, _table, 0, self._drop)

    def _drop(self, node: ast.AST) -> None:
        if isinstance(node, ast.Dict):
            _pop(node.keys, self.nth)
            _pop(node.values, self.nth)
            return
        assert isinstance(node, ast.Tuple | ast.List | ast.Set)
        _pop(node.elts, self.nth)


@dataclass(frozen=True, slots=True)
class Misspell:
    """Change the last letter of text `nth` (from 0) of function or assignment `within`."""

    within: str
    nth: int = 0

    def apply(self, source: str) -> str:
        """`source` with the text misspelt."""
        return _changed(source, self.within, _text, self.nth, _misspell)


Change = Rewrite | Flip | Shift | Drop | Misspell
_NEIGHBOURS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def _changed(
    source: str,
    within: str,
    wanted: type[ast.AST] | Callable[[ast.AST], bool],
    nth: int,
    change: Callable[[ast.AST], None],
) -> str:
    tree = ast.parse(source)
    scope = _scope(tree, within.split("."))
    found = [
        node for node in _in_order(scope) if (isinstance(node, wanted) if isinstance(wanted, type) else wanted(node))
    ]
    if nth >= len(found):
        raise FaultUnusable(f"{within} has only {len(found)} places of that kind, not {nth + 1}")
    change(found[nth])
    return ast.unparse(ast.fix_missing_locations(tree))


def _scope(node: ast.AST, names: Sequence[str]) -> ast.AST:
    for name in names:
        found = [child for child in ast.iter_child_nodes(node) if _is_called(child, name)]
        if len(found) != 1:
            raise FaultUnusable(f"{name} stands {len(found)} times, not once")
        node = found[0]
    return node


def _is_called(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name == name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _in_order(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `node` in source order, docstrings and annotations left out."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_docstring(child):
                continue
            yield child
            yield from _in_order(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _whole_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is str and bool(node.value)


def _table(node: ast.AST) -> bool:
    return isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict)


def _flip(node: ast.AST) -> None:
    assert isinstance(node, ast.Compare)
    node.ops[0] = _NEIGHBOURS[type(node.ops[0])]()


def _misspell(node: ast.AST) -> None:
    assert isinstance(node, ast.Constant) and isinstance(node.value, str)
    node.value = node.value[:-1] + ("x" if node.value[-1] != "x" else "y")


def _pop(rows: list[ast.expr] | list[ast.expr | None], nth: int) -> None:
    if nth >= len(rows):
        raise FaultUnusable(f"the table has only {len(rows)} rows, not {nth + 1}")
    rows.pop(nth)


def install(module: str, change: Change) -> None:
    """Make the first import of `module` compile its changed source. Raises `FaultUnusable` if it came too late."""
    if module in sys.modules:
        raise FaultUnusable(f"{module} is already imported")
    sys.meta_path.insert(0, _Finder(module, change))


class _Finder(MetaPathFinder):
    def __init__(self, module: str, change: Change) -> None:
        self._module = module
        self._change = change

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        spec.loader = _Loader(spec.loader.name, spec.loader.path, self._change)
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, change: Change) -> None:
        super().__init__(name, path)
        self._change = change

    def get_code(self, fullname: str) -> CodeType | None:
        source = self.get_source(fullname) or ""
        return compile(self._change.apply(source), self.path, "exec")
