"""The settings that have Claude Code call `burn` on every hook (ledger.md 11).

In: the command to call. Out: a session id of its own, and the settings as JSON text.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from relayburn.jsjson import compact

_FOR_TOOLS = ("PreToolUse", "PostToolUse")
_FOR_SESSIONS = ("UserPromptSubmit", "Notification", "Stop", "SubagentStop", "SessionEnd")
_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")


@dataclass(frozen=True, slots=True)
class HookSettings:
    """What a launcher passes on: the id that the session is to have, and the settings' JSON text."""

    session_id: str
    settings: str


def hook_settings(burn: str = "burn") -> HookSettings:
    """The settings under which each hook event is told to the command `burn`."""
    command = {"type": "command", "command": f"{_shell_word(burn)} ingest --hook claude --quiet"}
    hooks = {event: [{"matcher": "*", "hooks": [command]}] for event in _FOR_TOOLS}
    hooks |= {event: [{"hooks": [command]}] for event in _FOR_SESSIONS}
    return HookSettings(str(uuid.uuid4()), compact({"hooks": hooks}))


def _shell_word(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"
