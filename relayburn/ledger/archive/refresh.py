"""Bringing the archive up to date before it is asked.

In: a home. Out: an archive that says what the ledger says. What builds it is imported only where there is something to build.
"""

from __future__ import annotations

from relayburn.ledger.archive.folder import archive_folder
from relayburn.ledger.archive.freshness import is_current
from relayburn.ledger.home import Home
from relayburn.ledger.store import require_files
from relayburn.semantics import Semantics


def refresh_archive(home: Home, *, semantics: Semantics) -> int:
    """Bring the archive of `home` up to date; how many turns came to it. Raises as `build_archive`."""
    require_files(home)
    if semantics.whole_archive and is_current(home, archive_folder(home, semantics)):
        return 0
    from relayburn.ledger.archive.build import build_archive

    return build_archive(home, semantics=semantics).turns_applied
