"""What the stored content of a session adds to what its turns tell.

In: the content records of one session. Out: the first line of a tool result as the signature of an error, and the old
and new text of an edit as a preview (patterns.md 3, 5, 6 and 8). Lengths are UTF-16 code units, as the reference cuts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relayburn.analyze.tool_result_text import tool_result_text
from relayburn.records import ContentRecord, Record
from relayburn.text import trim, utf16_length, utf16_slice

SIGNATURE_LENGTH = 240
PREVIEW_LENGTH = 200
ELLIPSIS = "…"


class EditText(Record, kw_only=True):
    """What an edit replaced and what it put in place, each shortened."""

    old: str
    new: str


class ContentIndex:
    """Tool results and tool inputs of one session by tool use id; the first record of an id holds."""

    def __init__(self, records: Iterable[ContentRecord]) -> None:
        self._results: dict[str, Any] = {}
        self._inputs: dict[str, Any] = {}
        for record in records:
            if record.kind == "tool_result" and record.tool_result:
                self._results.setdefault(record.tool_result.tool_use_id, record.tool_result.content)
            elif record.kind == "tool_use" and record.tool_use:
                self._inputs.setdefault(record.tool_use.id, record.tool_use.input)

    def error_signature(self, tool_use_id: str) -> str | None:
        """The first line with text of a tool's result, shortened; None where there is no result or no such line."""
        if tool_use_id not in self._results:
            return None
        for line in tool_result_text(self._results[tool_use_id]).split("\n"):
            if trimmed := trim(line):
                return shortened(trimmed, SIGNATURE_LENGTH)
        return None

    def edit_text(self, tool_use_id: str) -> EditText | None:
        """The texts of an edit's input; None where it has none."""
        tool_input = self._inputs.get(tool_use_id)
        if not isinstance(tool_input, dict):
            return None
        old = _text(tool_input.get("old_string"))
        new = _text(tool_input.get("new_string")) or _text(tool_input.get("content"))
        if not old and not new:
            return None
        return EditText(old=shortened(old, PREVIEW_LENGTH), new=shortened(new, PREVIEW_LENGTH))


def shortened(text: str, length: int) -> str:
    """`text` in at most `length` UTF-16 code units; a cut text ends with an ellipsis."""
    return text if utf16_length(text) <= length else utf16_slice(text, 0, length - 1) + ELLIPSIS


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
