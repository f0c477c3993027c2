"""Giving back what the archive holds and no longer needs (archive.md 5).

In: a home. Out: the archive without the files of the manifest before, and how many bytes that was.
"""

from __future__ import annotations

from pathlib import Path

from relayburn.ledger.archive.folder import archive_folder, remove_strangers
from relayburn.ledger.archive.manifest import load_manifest
from relayburn.ledger.home import Home
from relayburn.ledger.lock import lock
from relayburn.ledger.store import require_files
from relayburn.records import Record
from relayburn.semantics import CURRENT, Semantics


class VacuumReport(Record, kw_only=True):
    """How large the archive was and is, in bytes."""

    archive_path: str
    existed: bool
    before_bytes: int = 0
    after_bytes: int = 0
    reclaimed_bytes: int = 0


def vacuum_archive(home: Home, *, semantics: Semantics = CURRENT) -> VacuumReport:
    """Remove from the archive of `home` what its manifest does not name; without an archive, nothing is created.

    Raises `UnsupportedStorage`, `LockUnavailable`, `HomeUnreadable`.
    """
    require_files(home)
    folder = archive_folder(home, semantics)
    if load_manifest(folder) is None:
        return VacuumReport(archive_path=str(folder), existed=False)
    with lock(home, "archive", semantics=semantics):
        manifest = load_manifest(folder)
        before = _bytes_in(folder)
        remove_strangers(folder, set() if manifest is None else manifest.files())
        after = _bytes_in(folder)
    return VacuumReport(
        archive_path=str(folder),
        existed=True,
        before_bytes=before,
        after_bytes=after,
        reclaimed_bytes=before - after,
    )


def _bytes_in(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
