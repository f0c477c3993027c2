"""The archive's folder: where it lies, and what does not belong in it.

In: a home. Out: the folder of the archive, one for each semantics, because ts-1.10 sees other bytes. Files that no
manifest names are left over from builds that were killed.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from relayburn.ledger.home import Home
from relayburn.semantics import Semantics

WORK = "building"
"""The folder in which a build keeps what it is working on."""

_SUFFIXES = (".parquet", ".tmp")


def archive_folder(home: Home, semantics: Semantics) -> Path:
    """Where the archive of `home` lies."""
    return home.archive if semantics.whole_archive else home.archive / semantics.name


def remove_strangers(folder: Path, known: Collection[str]) -> None:
    """Remove what earlier builds left in `folder`, except the files called `known`. What cannot be removed stays."""
    shutil.rmtree(folder / WORK, ignore_errors=True)
    for path in folder.iterdir():
        if path.suffix in _SUFFIXES and path.name not in known:
            with suppress(OSError):
                path.unlink()
