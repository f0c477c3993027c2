"""Where something stands in a JSON value, and how that is written: `$.turns[0].usage["a b"]`."""

from __future__ import annotations

import json
import re

Path = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_STEP = re.compile(r"""\.([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]|\[("(?:[^"\\]|\\.)*")\]""")


def written(path: Path) -> str:
    """The JSON path of `path`."""
    return "$" + "".join(map(_step, path))


def _step(step: str | int) -> str:
    if not isinstance(step, str):
        return f"[{step!r}]"
    return f".{step}" if _PLAIN_KEY.fullmatch(step) else f"[{json.dumps(step)}]"


def read(path: str) -> Path | None:
    """The path that is written `path`; None where that is none."""
    at, steps = 1, []
    while found := _STEP.match(path, at):
        key, index, quoted = found.groups()
        steps.append(key if key is not None else int(index) if index is not None else json.loads(quoted))
        at = found.end()
    return tuple(steps) if path.startswith("$") and at == len(path) else None
