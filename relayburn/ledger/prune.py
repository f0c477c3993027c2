"""Which content is old enough to go, and may (ledger.md 11).

In: a home, a retention, and the ids of sessions whose logs still lie on disk. Out: what was removed. Content that can be
read again is kept, unless it is forced to go.
"""

from __future__ import annotations

from collections.abc import Collection

from relayburn.ledger.config import Days, retention_ms
from relayburn.ledger.content import prune_content
from relayburn.ledger.home import Home
from relayburn.ledger.store_protocol import PruneReport
from relayburn.semantics import CURRENT, Semantics
from relayburn.text import trim

_YES = ("1", "true", "yes", "on")


def is_prune_forced(home: Home) -> bool:
    """Whether the environment says that content goes even where it could be read again."""
    return trim(home.environ.get("RELAYBURN_PRUNE_FORCE", "")).lower() in _YES


def prune_older_than(
    home: Home, days: Days, recoverable: Collection[str], *, semantics: Semantics = CURRENT
) -> PruneReport:
    """Remove content that nothing was added to for `days`, but keep the `recoverable` sessions'.

    Raises `LockUnavailable`, `HomeUnwritable`.
    """
    age_ms = retention_ms(days)
    if age_ms is None:
        return PruneReport()
    keep = recoverable.__contains__ if recoverable else None
    return prune_content(home, age_ms, keep, semantics=semantics)
