"""Session ids as the names of content files (ledger.md 7).

In: a session's id. Out: where its content lies, if the id can name a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from relayburn.errors import UnsafeSessionId
from relayburn.jsjson import compact
from relayburn.ledger.batch import SessionContent
from relayburn.ledger.home import Home
from relayburn.ledger.store_protocol import Warn

SUFFIX = ".jsonl"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


def content_file(home: Home, session_id: str) -> Path:
    """Where the content of a session lies. Raises `UnsafeSessionId`."""
    require_safe(session_id)
    return home.content / f"{session_id}{SUFFIX}"


def is_safe_session_id(session_id: object) -> bool:
    """Whether an id can name a content file."""
    return isinstance(session_id, str) and _SAFE.fullmatch(session_id) is not None


def require_safe(session_id: str) -> None:
    """Raise `UnsafeSessionId` unless the id can name a content file."""
    if not is_safe_session_id(session_id):
        raise UnsafeSessionId(compact(session_id))


def storable(contents: Iterable[SessionContent], warn: Warn) -> list[SessionContent]:
    """The contents whose session can be stored. One without a session is dropped, one with an unsafe id is also warned of."""
    safe: list[SessionContent] = []
    for content in contents:
        if not content.session_id:
            continue
        if is_safe_session_id(content.session_id):
            safe.append(content)
            continue
        for _ in content.lines:
            warn(f"[burn] skipping content record with unsafe sessionId: {compact(content.session_id)}")
    return safe
