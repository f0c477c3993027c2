"""The files that sessions of OpenCode have had so far: messages by `role`, parts by `type`.

What is not read is known too: only a type that is not here may mean something that nobody has looked at yet.
"""

from __future__ import annotations

ROLES = ("user", "assistant")
PARTS = (
    *("text", "reasoning", "tool", "step-start", "step-finish", "file", "patch", "snapshot", "agent", "retry"),
    *("subtask", "compaction"),
)

LINE_TYPES = frozenset((*(f"message/{role}" for role in ROLES), *(f"part/{part}" for part in PARTS)))
