"""The lines that logs of Claude Code have had so far, by their `type`.

What is not read is known too: only a type that is not here may mean something that nobody has looked at yet.
"""

from __future__ import annotations

LINE_TYPES = frozenset(
    (
        *("user", "assistant", "system", "summary", "attachment", "progress", "queue-operation"),
        *("file-history-snapshot", "custom-title", "ai-title", "last-prompt", "task-summary", "tag", "mode"),
        *("agent-name", "agent-color", "agent-setting", "permission-mode", "pr-link", "worktree-state"),
        *("content-replacement", "speculation-accept", "attribution-snapshot", "saved_hook_context"),
    )
)
