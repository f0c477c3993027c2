"""The session id of a rollout from its first line, without reading the file (reader-codex.md 11)."""

from __future__ import annotations

from pathlib import Path

from relayburn import jsjson
from relayburn.text import trim

HINT_BYTES = 8192
"""How much is read; a first line that is longer gives no id."""


def read_codex_session_id_hint(path: str | Path) -> str | None:
    """The id of a leading `session_meta`, None where there is none or the file cannot be read. Raises nothing."""
    try:
        with Path(path).open("rb") as file:
            start = file.read(HINT_BYTES)
        line = jsjson.loads(trim(start.partition(b"\n")[0].decode(errors="replace")))
    except (OSError, ValueError):
        return None
    payload = line.get("payload") if isinstance(line, dict) and line.get("type") == "session_meta" else None
    session_id = payload.get("id") if isinstance(payload, dict) else None
    return session_id if isinstance(session_id, str) and session_id else None
