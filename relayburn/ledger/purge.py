"""Removing stored content because somebody wants it gone, whether or not it could be read again.

In: a home, and at most an age and a session. Out: what was removed. The ledger stays: it holds what sessions cost, no texts.
"""

from __future__ import annotations

from relayburn.ledger.config import Days, retention_ms
from relayburn.ledger.content import content_file, prune_content
from relayburn.ledger.home import Home
from relayburn.ledger.store_protocol import PruneReport
from relayburn.semantics import CURRENT, Semantics

_OF_ANY_AGE = float("-inf")


def purge_content(
    home: Home, *, older_than: Days | None = None, session: str | None = None, semantics: Semantics = CURRENT
) -> PruneReport:
    """Remove the content of `session`, by default of all, to which nothing was added for `older_than` days, by default of any age.

    Raises `UnsafeSessionId`, `LockUnavailable`, `HomeUnreadable`, `HomeUnwritable`, `UnsupportedStorage`.
    """
    age_ms = _OF_ANY_AGE if older_than is None else retention_ms(older_than)
    if age_ms is None:
        return PruneReport()
    if session is None:
        return prune_content(home, age_ms, semantics=semantics)
    content_file(home, session)
    found = prune_content(home, age_ms, lambda each: each != session, semantics=semantics)
    return PruneReport(found.files_deleted, found.bytes_freed)
