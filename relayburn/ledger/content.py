"""What was said in a session: prompts, answers, tool inputs and outputs, kept apart from the ledger (ledger.md 7).

In: content records in wire form. Out: the records of a session or message, each once. A session id must be able to name
a file.
"""

from __future__ import annotations

from collections.abc import Sequence

from relayburn.ledger.batch import SessionContent, prepare_content
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.ledger.session_names import content_file, is_safe_session_id
from relayburn.ledger.store import store_of
from relayburn.ledger.store_protocol import Keep, PruneReport, Warn
from relayburn.semantics import CURRENT, Semantics

__all__ = [
    "Keep",
    "PruneReport",
    "Warn",
    "append_content",
    "append_prepared_content",
    "content_file",
    "is_safe_session_id",
    "list_content",
    "prune_content",
    "read_content",
]


def append_content(home: Home, records: Sequence[Wire], warn: Warn, *, semantics: Semantics = CURRENT) -> None:
    """Append content records that are not stored yet; records with an unsafe session id are warned of and dropped.

    Raises `LockUnavailable`, `HomeUnwritable`, `HomeUnreadable`, `UnsupportedStorage`.
    """
    append_prepared_content(home, prepare_content(records), warn, semantics=semantics)


def append_prepared_content(
    home: Home, contents: Sequence[SessionContent], warn: Warn, *, semantics: Semantics = CURRENT
) -> None:
    """`append_content` for records made ready by `prepare_content`. Raises what that raises."""
    store_of(home).append_content(contents, warn, semantics)


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
