"""The Claude Code reader: one session log in, records out (reader-claude.md)."""

from relayburn.reader.claude.options import ClaudeIncrement, ClaudeOptions, ClaudeSession, Evidence
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
