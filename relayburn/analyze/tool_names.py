"""The canonical names of tools and what they do to files (patterns.md 1.3)."""

from __future__ import annotations

from relayburn.reader.activity_rules import BASH_TOOL, EDIT_TOOLS
from relayburn.reader.classifier import normalize_tool_name
from relayburn.records import ToolCall

__all__ = ["BASH_TOOL", "EDIT_TOOLS", "READ_TOOLS", "tool_name"]

READ_TOOLS = frozenset({"Read", "NotebookRead"})


def tool_name(call: ToolCall) -> str:
    """The canonical name of a call's tool; `""` where the log gives no text for it."""
    return normalize_tool_name(call.name) if isinstance(call.name, str) else ""
