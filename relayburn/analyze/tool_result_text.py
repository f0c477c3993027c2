"""The text of a tool result, as lengths and signatures are taken of it.

In: the content of a stored tool result, any JSON value. Out: one text (hotspots.md 2, patterns.md 3.1).
"""

from __future__ import annotations

from typing import Any

from relayburn.jsjson import compact
from relayburn.records import UNSET


def tool_result_text(content: Any) -> str:
    """A text as it is; of a list the texts and the JSON of its parts, line by line; of all else its JSON."""
    if isinstance(content, str):
        return content
    if content is None or content is UNSET:
        return ""
    if not isinstance(content, list):
        return compact(content)
    parts = (_part_text(part) for part in content)
    return "\n".join(part for part in parts if part is not None)


def _part_text(part: Any) -> str | None:
    """The text of a part of a list; numbers, booleans and null have none."""
    if isinstance(part, str):
        return part
    if isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str):
        return part["text"]
    return compact(part) if isinstance(part, dict | list) else None
