"""The folders that harnesses keep their sessions in (ingest.md 1).

In: a home, with its user's home folder and environment. Out: the roots of each harness. The reference knows one each,
below `HOME`.
"""

from __future__ import annotations

from relayburn.ledger.home import Home
from relayburn.semantics import Semantics

_CLAUDE = ".claude/projects"
_CODEX = ".codex/sessions"
_OPENCODE = ".local/share/opencode/storage/session"


def claude_roots(home: Home, semantics: Semantics) -> list[str]:
    """Where Claude Code keeps a folder for each project."""
    return [str(home.user_home / _CLAUDE)]


def codex_roots(home: Home, semantics: Semantics) -> list[str]:
    """Where Codex keeps its rollouts, by date."""
    return [str(home.user_home / _CODEX)]


def opencode_roots(home: Home, semantics: Semantics) -> list[str]:
    """Where OpenCode keeps its session files."""
    return [str(home.user_home / _OPENCODE)]
