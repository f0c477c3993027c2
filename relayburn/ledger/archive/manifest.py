"""What the archive consists of: `manifest.json`, replaced at once whenever the archive has changed.

In: an archive folder. Out: which bytes of the ledger are in which files, what those bytes hash to, and where the next
build goes on. A manifest that is missing, unreadable or of another version is as good as none: the archive is built again.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from relayburn.ledger.private_files import read_file, replace_file

VERSION = 3
NAME = "manifest.json"


class TableFile(Struct, kw_only=True):
    """One table of a segment: its file's name and how many rows it has."""

    file: str
    rows: int


class Segment(Struct, kw_only=True):
    """What became of the ledger's bytes from `start` up to `end`.

    `lines` counts all lines, `odd` the records that were read in Python, `foreign` those written under other semantics,
    `foreign_turns` the turns among them.
    """

    start: int
    end: int
    sha256: str
    lines: int
    odd: int
    blank: int
    malformed: int
    foreign: int
    foreign_turns: int
    tables: dict[str, TableFile]

    @property
    def size(self) -> int:
        """How many bytes of the ledger it stands for."""
        return self.end - self.start


class LedgerState(Struct, kw_only=True, frozen=True):
    """How the ledger's file looked when a build began."""

    inode: int
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, ledger: Path) -> LedgerState | None:
        """How the file looks now; None where there is none."""
        try:
            found = ledger.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(inode=found.st_ino, size=found.st_size, mtime_ns=found.st_mtime_ns)

    @property
    def mtime_ms(self) -> int:
        """When it was last written, in whole milliseconds since the epoch."""
        return self.mtime_ns // 1_000_000


class Manifest(Struct, kw_only=True):
    """The whole archive.

    `offset` is the ledger byte at which the next build goes on; `repeats` counts turns whose identity occurred before;
    `copied` says whether some may be copies of another session's; times are ISO texts.
    """

    version: int = VERSION
    offset: int = 0
    repeats: int = 0
    copied: bool = False
    ledger: LedgerState | None = None
    ledger_mtime_ms: int = 0
    last_built_at: str | None = None
    last_rebuild_at: str | None = None
    segments: list[Segment] = []

    def files(self) -> set[str]:
        """The names of all files."""
        return {table.file for segment in self.segments for table in segment.tables.values()}

    def rows(self, table: str) -> int:
        """How many rows a table has, replaced ones included."""
        return sum(segment.tables[table].rows for segment in self.segments if table in segment.tables)


def load_manifest(folder: Path) -> Manifest | None:
    """The manifest of the archive in `folder`, or None where there is none to be used. Raises `HomeUnreadable`."""
    stored = read_file(folder / NAME)
    if stored is None:
        return None
    try:
        manifest = msgspec.json.decode(stored, type=Manifest)
    except msgspec.MsgspecError:
        return None
    return manifest if manifest.version == VERSION else None


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Put `manifest` in the place of the old one, on disk before this returns. Raises `HomeUnwritable`."""
    replace_file(folder / NAME, [msgspec.json.format(msgspec.json.encode(manifest), indent=1)])
