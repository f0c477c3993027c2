"""How the recorded corpus root and the working copy stand for each other.

Recorded absolute paths begin with `/corpus`; the files lie in a working copy with a name of its own. In: values of a
request, or of an answer. Out: the same values with the one root put for the other, also inside longer texts. Paths that
stand inside fixture files cannot be replaced without moving bytes and changing lengths and hashes, so `opened_below`
lets Python's file functions find them in the working copy instead (corpus notes, "Replaying" 1).
"""

from __future__ import annotations

import builtins
import functools
import glob
import io
import os
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import orjson

VIRTUAL_ROOT = "/corpus"

# `/corpus` as the start of an absolute path: not the end of `/home/me/corpus`, not the start of `/corpuscle`.
_ROOT_IN_TEXT = re.compile(r"(?:(?<![\w.~/-])|(?<=file://))/corpus(?![\w.~-])")

_PATH_FUNCTIONS = (
    *("access", "chdir", "chmod", "listdir", "lstat", "mkdir", "open", "readlink"),
    *("remove", "rmdir", "scandir", "stat", "truncate", "unlink", "utime"),
)
_TWO_PATH_FUNCTIONS = ("link", "rename", "replace", "symlink")


class PathMap:
    """`/corpus` on the recorded side, `root` (absolute, links resolved) on the side of the files."""

    __slots__ = ("root",)

    def __init__(self, root: str) -> None:
        self.root = root

    def inward(self, value: Any) -> Any:
        """A recorded value as the subject gets it. A value without recorded paths is given back as it is."""
        return _replaced(value, self.inward_text) if mentions(value, VIRTUAL_ROOT) else value

    def inward_text(self, text: str) -> str:
        """`inward` for one text."""
        return _ROOT_IN_TEXT.sub(lambda _: self.root, text) if VIRTUAL_ROOT in text else text

    def outward(self, value: Any) -> Any:
        """A subject's value as it would have been recorded."""
        return _replaced(value, self.outward_text)

    def outward_text(self, text: str) -> str:
        """`outward` for one text."""
        return text.replace(self.root, VIRTUAL_ROOT)

    def opened(self, path: Any) -> Any:
        """The path to open for `path`: a recorded absolute path is found below `root`, any other is itself."""
        if type(path) is str:
            if path.startswith(VIRTUAL_ROOT) and path[len(VIRTUAL_ROOT) :][:1] in ("", "/"):
                return self.root + path[len(VIRTUAL_ROOT) :]
            return path
        if type(path) is bytes:
            return os.fsencode(self.opened(os.fsdecode(path)))
        if isinstance(path, os.PathLike):
            plain = os.fspath(path)
            mapped = self.opened(plain)
            return path if mapped == plain else mapped
        return path


def mentions(value: Any, text: str) -> bool:
    """Whether `text`, plain ASCII, stands somewhere in `value`, keys included."""
    try:
        return text.encode() in orjson.dumps(value)
    except orjson.JSONEncodeError:
        # Lone surrogates, long integers, great depth.
        return any(text in found for found in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            todo.extend(item)
            todo.extend(item.values())
        elif isinstance(item, list | tuple):
            todo.extend(item)


def _replaced(value: Any, replace: Callable[[str], str]) -> Any:
    """A copy of `value` with every text, keys included, passed through `replace`; no depth is too much."""
    outermost = [value]
    todo: list[Any] = [outermost]
    while todo:
        container = todo.pop()
        for key, item in container.items() if type(container) is dict else enumerate(container):
            if type(item) is str:
                container[key] = replace(item)
            elif type(item) is dict:
                copied = {replace(name) if type(name) is str else name: part for name, part in item.items()}
                container[key] = copied
                todo.append(copied)
            elif type(item) is list or type(item) is tuple:
                container[key] = copied = list(item)
                todo.append(copied)
    return outermost[0]


@contextmanager
def opened_below(paths: PathMap) -> Generator[None]:
    """While this is open, Python's own file functions find `/corpus/...` below the working copy.

    Nothing in the code under test knows of it, and texts keep the recorded path, with its length and its hash.
    """
    patches: list[tuple[Any, str, Any]] = [
        (builtins, "open", _first_mapped(open, paths)),
        (io, "open", _first_mapped(io.open, paths)),
        *((os, name, _first_mapped(getattr(os, name), paths)) for name in _PATH_FUNCTIONS),
        *((os, name, _both_mapped(getattr(os, name), paths)) for name in _TWO_PATH_FUNCTIONS),
    ]
    # From Python 3.13 on, the module that lists for `Path.glob` has a reference of its own.
    listing = [kept for kept in vars(glob).values() if getattr(kept, "scandir", None) is os.scandir]
    patches += [(kept, "scandir", staticmethod(_first_mapped(os.scandir, paths))) for kept in listing]
    originals = [getattr(module, name) for module, name, _ in patches]
    abilities = [
        (able, function)
        for able in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids)
        for original, (_, _, function) in zip(originals, patches, strict=True)
        if original in able
    ]
    try:
        for module, name, function in patches:
            setattr(module, name, function)
        # What the standard library asks before it passes `dir_fd` and the like.
        for able, function in abilities:
            able.add(function)
        yield
    finally:
        for original, (module, name, _) in zip(originals, patches, strict=True):
            setattr(module, name, original)
        for able, function in abilities:
            able.discard(function)


def _first_mapped(function: Callable[..., Any], paths: PathMap) -> Callable[..., Any]:
    @functools.wraps(function)
    def mapped(*args: Any, **options: Any) -> Any:
        return function(paths.opened(args[0]), *args[1:], **options) if args else function(**options)

    return mapped


def _both_mapped(function: Callable[..., Any], paths: PathMap) -> Callable[..., Any]:
    @functools.wraps(function)
    def mapped(source: Any, target: Any, *args: Any, **options: Any) -> Any:
        return function(paths.opened(source), paths.opened(target), *args, **options)

    return mapped
