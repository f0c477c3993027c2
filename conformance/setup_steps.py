"""The steps of `config.setup`, done on the working copy before the call.

In: a step, `{op, path, ...}` with paths relative to the corpus root. Out: the changed working copy
(corpus notes, "Replaying" 3).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.copies import remove_tree
from conformance.errors import CannotAsk
from conformance.inputs import inside_corpus
from relayburn.text import utf8


def done(step: Any, number: int, root: Path) -> None:
    """Do one step, the `number`-th, on the working copy at `root`. Raises `CannotAsk` where it cannot be done."""
    op = step.get("op") if isinstance(step, dict) else None
    if op not in _STEPS:
        raise CannotAsk(f"setup step {number}: {op!r} is none of {', '.join(_STEPS)}")
    keys, act = _STEPS[op]
    values = [step.get(key) for key in keys]
    for key, value in zip(keys, values, strict=True):
        if not isinstance(value, str):
            raise CannotAsk(f"setup step {number} ({op}): {key} is no text")
    try:
        act(root, *values)
    except OSError as error:
        raise CannotAsk(f"setup step {number} ({op}): {error}") from error


def _write(root: Path, path: str, text: str) -> None:
    target = _below(root, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(utf8(text))


def _mkdir(root: Path, path: str) -> None:
    _below(root, path).mkdir(parents=True, exist_ok=True)


def _rename(root: Path, source: str, target: str) -> None:
    new = _below(root, target)
    new.parent.mkdir(parents=True, exist_ok=True)
    _below(root, source).rename(new)


def _symlink(root: Path, path: str, target: str) -> None:
    link = _below(root, path)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)


def _remove(root: Path, path: str) -> None:
    remove_tree(_below(root, path))


def _below(root: Path, path: str) -> Path:
    if path.startswith(f"{root}/"):
        return Path(path)
    return root / inside_corpus(path)


_STEPS: dict[str, tuple[tuple[str, ...], Callable[..., None]]] = {
    "write": (("path", "text"), _write),
    "mkdir": (("path",), _mkdir),
    "rename": (("from", "to"), _rename),
    "symlink": (("path", "target"), _symlink),
    "remove": (("path",), _remove),
}
