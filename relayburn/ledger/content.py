"""What was said in a session: prompts, answers, tool inputs and outputs, kept apart from the ledger (ledger.md 7).

In: content records in wire form. Out: the records of a session or message, each once. A session id must be able to name
a file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from relayburn.errors import UnsafeSessionId
from relayburn.jsjson import compact
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.ledger.store import Keep, PruneReport, Warn, store_of
from relayburn.semantics import CURRENT, Semantics

SUFFIX = ".jsonl"
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", re.ASCII)


def append_content(home: Home, records: Sequence[Wire], warn: Warn, *, semantics: Semantics = CURRENT) -> None:
    """Append content records that are not stored yet; records with an unsafe session id are warned of and dropped.

    Raises `LockUnavailable`, `HomeUnwritable`, `HomeUnreadable`, `UnsupportedStorage`.
    """
    store_of(home).append_content(records, warn, semantics)


def read_content(home: Home, session_id: str, message_id: str | None = None) -> list[Wire]:
    """The content records of a session, or of one message of it, in the order they were stored.

    Raises `UnsafeSessionId`, `HomeUnreadable`, `UnsupportedStorage`.
    """
    return store_of(home).read_content(session_id, message_id)


def list_content(home: Home) -> list[str]:
    """The ids of sessions that have content. Raises `UnsupportedStorage`."""
    return store_of(home).list_content()


def prune_content(
    home: Home, older_than_ms: float, keep: Keep | None = None, *, semantics: Semantics = CURRENT
) -> PruneReport:
    """Remove the content of sessions that nothing was added to for `older_than_ms`, except those that `keep` names.

    Raises `LockUnavailable`, `UnsupportedStorage`.
    """
    return store_of(home).prune_content(older_than_ms, keep, semantics)


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


def safe_records(records: Sequence[Wire], warn: Warn) -> list[Wire]:
    """The records that can be stored: one without a session is dropped, one with an unsafe id is also warned of."""
    safe: list[Wire] = []
    for record in records:
        session_id = record.get("sessionId")
        if not session_id:
            continue
        if is_safe_session_id(session_id):
            safe.append(record)
        else:
            warn(f"[burn] skipping content record with unsafe sessionId: {compact(session_id)}")
    return safe
