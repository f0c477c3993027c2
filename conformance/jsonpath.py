"""Where something stands in a JSON value, and how that is written: `$.turns[0].usage["a b"]`."""

from __future__ import annotations

import json
import re

Path = tuple[str | int, ...]

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def written(path: Path) -> str:
    """The JSON path of `path`."""
    return "$" + "".join(map(_step, path))


def _step(step: str | int) -> str:
    if not isinstance(step, str):
        return f"[{step!r}]"
    return f".{step}" if _PLAIN_KEY.fullmatch(step) else f"[{json.dumps(step)}]"
