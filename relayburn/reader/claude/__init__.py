"""The Claude Code reader: one session log in, records out (reader-claude.md).

What reads is imported when it is asked for: many a pass finds nothing to read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from relayburn.reader.claude.options import ClaudeIncrement, ClaudeOptions, ClaudeSession, Evidence

if TYPE_CHECKING:
    from relayburn.reader.claude.parse import parse_claude_session, parse_claude_session_incremental
    from relayburn.reader.claude.reconcile import reconcile_claude_session_relationships

__all__ = [
    "ClaudeIncrement",
    "ClaudeOptions",
    "ClaudeSession",
    "Evidence",
    "parse_claude_session",
    "parse_claude_session_incremental",
    "reconcile_claude_session_relationships",
]

_HOMES = {
    "parse": ("parse_claude_session", "parse_claude_session_incremental"),
    "reconcile": ("reconcile_claude_session_relationships",),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
