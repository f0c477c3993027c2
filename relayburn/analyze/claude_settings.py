"""Claude Code's settings files.

In: the user's home, a project's folder, or a file's path. Out: where the files are, and their settings: nothing for a
file that is missing, unreadable or no JSON object, and never an error (tool-output-bloat.md 1).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from relayburn.jsjson import as_doubles, loads
from relayburn.jspath import joined
from relayburn.records import Record


class ClaudeSettings(Record, kw_only=True):
    """One settings file: its path as it was asked for, and its JSON object."""

    path: str
    settings: dict[str, Any]


def user_claude_settings_path(home: str) -> str:
    """The settings file of the user whose home is `home`."""
    return joined(home, ".claude", "settings.json")


def project_claude_settings_path(folder: str) -> str:
    """The settings file of the project in `folder`."""
    return joined(folder, ".claude", "settings.json")


def load_claude_settings(path: str) -> ClaudeSettings | None:
    """The settings of one file. Bytes that are no UTF-8 are replaced; a byte order mark makes it no JSON."""
    try:
        # As text, because a reader of bytes may pass over a byte order mark.
        settings = loads(Path(path).read_bytes().decode("utf-8", "replace"))
    except (OSError, ValueError):
        return None
    return ClaudeSettings(path=path, settings=as_doubles(settings)) if isinstance(settings, dict) else None
