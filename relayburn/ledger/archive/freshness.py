"""Whether the archive says all that the ledger does, found out without reading either.

In: a home and its archive's folder. Out: whether the looks of the files tell that nothing changed since it was built.
"""

from __future__ import annotations

from pathlib import Path

from relayburn.ledger.archive.manifest import LedgerState, load_manifest
from relayburn.ledger.home import Home


def is_current(home: Home, folder: Path) -> bool:
    """Whether the archive in `folder` was built of the ledger as it looks now, and has all its files."""
    manifest = load_manifest(folder)
    if manifest is None or manifest.ledger != LedgerState.of(home.ledger):
        return False
    return all((folder / file).exists() for file in manifest.files())
