"""Where a verb looks: its home, whether in its archive, and the folder it is called in.

In: what a caller gives for a home, or nothing. Out: a `Home`. Only here does the SDK look at the process: a caller who gives
a `Home` and a folder is not looked past.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from relayburn.ledger.home import Home

HomeLike = Home | str | os.PathLike[str] | None
"""A home: itself, the path where it lies, or nothing for the one that the environment names."""

_NO_ARCHIVE = ("0", "false", "no")


def home_of(home: HomeLike) -> Home:
    """The home that is meant. An empty path is none."""
    if isinstance(home, Home):
        return home
    named = Home.of_environment()
    return replace(named, path=Path(home)) if home else named


def wants_archive(environ: Mapping[str, str]) -> bool:
    """Whether `RELAYBURN_ARCHIVE` lets the archive answer; else the ledger is walked."""
    return environ.get("RELAYBURN_ARCHIVE") not in _NO_ARCHIVE


def folder_of(folder: str | os.PathLike[str] | None) -> str:
    """The absolute path of `folder`, by default the one that the process stands in."""
    return str(Path.cwd() if folder is None else Path(folder))
