"""Whether the archive says all that the ledger does, found out without reading either.

In: a home. Out: an archive that is up to date: as it is where the looks of the files tell that nothing changed, else built.
"""

from __future__ import annotations

from pathlib import Path

from relayburn.ledger.archive.folder import archive_folder
from relayburn.ledger.archive.manifest import LedgerState, load_manifest
from relayburn.ledger.home import Home
from relayburn.ledger.store import require_files
from relayburn.semantics import Semantics


def is_current(home: Home, folder: Path) -> bool:
    """Whether the archive in `folder` was built of the ledger as it looks now, and has all its files."""
    manifest = load_manifest(folder)
    if manifest is None or manifest.ledger != LedgerState.of(home.ledger):
        return False
    return all((folder / file).exists() for file in manifest.files())


def refresh_archive(home: Home, *, semantics: Semantics) -> int:
    """Bring the archive of `home` up to date; how many turns came to it.

    Raises as `build_archive`, whose modules are imported only where it has work.
    """
    require_files(home)
    if semantics.whole_archive and is_current(home, archive_folder(home, semantics)):
        return 0
    from relayburn.ledger.archive.build import build_archive

    return build_archive(home, semantics=semantics).turns_applied
