"""Taking a home back to nothing (ledger.md 11).

In: a home. Out: what would go, or what went: the ledger, its indexes, cursors, archive and content. Settings, prices,
pending stamps and locks stay.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from relayburn.errors import HomeUnwritable
from relayburn.ledger.append import forget_index
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.semantics import CURRENT, Semantics

_OLD_ARCHIVE = ("archive.sqlite", "archive.sqlite-wal", "archive.sqlite-shm")


@dataclass(frozen=True, slots=True)
class ResetTarget:
    """A file or folder that a reset removes: whether it was there, how many files of how many bytes it held."""

    path: str
    kind: Literal["file", "dir"]
    existed: bool
    bytes: int
    files_removed: int


def reset_wire(
    home: Home, targets: Sequence[ResetTarget], *, forced: bool, reingest_requested: bool, reingested: Any = None
) -> dict[str, Any]:
    """What a reset did, or would do, as JSON; `reingested` is the report of the ingest that followed."""
    return {
        "home": str(home.path),
        "forced": forced,
        "reingestRequested": reingest_requested,
        "reingested": reingested,
        "targets": [
            {
                "path": target.path,
                "kind": target.kind,
                "existed": target.existed,
                "bytes": target.bytes,
                "filesRemoved": target.files_removed,
            }
            for target in targets
        ],
        "totals": {
            "filesRemoved": sum(target.files_removed for target in targets),
            "bytesFreed": sum(target.bytes for target in targets),
        },
        "dryRun": not forced,
    }


def reset_targets(home: Home) -> list[ResetTarget]:
    """What a reset of `home` would remove, in its order. Files that only we make are named where they are."""
    return [_target(path, kind) for path, kind in _paths(home)]


def reset(home: Home, *, semantics: Semantics = CURRENT) -> list[ResetTarget]:
    """Remove what `reset_targets` names; what was removed. Raises `LockUnavailable`, `HomeUnwritable`."""
    with file_lock(home, "ledger", semantics):
        targets = reset_targets(home)
        for target in targets:
            if target.existed:
                _remove(Path(target.path))
        forget_index()
    return targets


def _paths(home: Home) -> Iterator[tuple[Path, Literal["file", "dir"]]]:
    for path in (home.ledger, home.index, home.content_index, home.cursors, home.high_water_marks):
        yield path, "file"
    for name in _OLD_ARCHIVE:
        yield home.path / name, "file"
    yield home.content, "dir"
    if home.line_index.exists():
        yield home.line_index, "file"
    if home.kept_turns.exists():
        yield home.kept_turns, "file"
    if home.archive.exists():
        yield home.archive, "dir"


def _target(path: Path, kind: Literal["file", "dir"]) -> ResetTarget:
    sizes = list(_sizes(path))
    return ResetTarget(str(path), kind, os.path.lexists(path), sum(sizes), len(sizes))


def _sizes(path: Path) -> Iterator[int]:
    """The sizes of a file, or of all files in a folder; links are not followed."""
    try:
        status = path.lstat()
        if not stat.S_ISDIR(status.st_mode):
            yield status.st_size
            return
        below = sorted(path.iterdir())
    except OSError:
        return
    for each in below:
        yield from _sizes(each)


def _remove(path: Path) -> None:
    try:
        if path.is_dir() and not path.is_symlink():
            for each in path.iterdir():
                _remove(each)
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause
