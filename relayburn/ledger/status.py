"""What lies in a home, counted (ledger.md 11).

In: a home. Out: sizes and entries of the indexes, the content, and how many turns have an activity. The archive tells of
itself.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from relayburn.errors import HomeUnreadable
from relayburn.ledger.file_content import stored_sizes
from relayburn.ledger.home import Home
from relayburn.ledger.lines import walk
from relayburn.ledger.private_files import read_file
from relayburn.text import trim


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """An index file: `bytes` long, with so many `entries`."""

    path: str
    exists: bool
    bytes: int
    entries: int


@dataclass(frozen=True, slots=True)
class ContentStatus:
    """The content sidecars: how many `files`, `sessions` with something in them, `bytes`; and user turns in the ledger."""

    path: str
    exists: bool
    files: int
    sessions: int
    bytes: int
    user_turns: int


@dataclass(frozen=True, slots=True)
class ClassifierStatus:
    """How many turns the ledger holds, and how many of them have an activity."""

    turns: int
    classified: int

    @property
    def missing(self) -> int:
        """Turns without an activity."""
        return self.turns - self.classified


@dataclass(frozen=True, slots=True)
class HomeStatus:
    """All of it."""

    ids: IndexStatus
    fingerprints: IndexStatus
    content: ContentStatus
    classifier: ClassifierStatus

    def to_wire(self, archive: Any) -> dict[str, Any]:
        """The status as JSON, with what the archive says of itself."""
        return {
            "index": {"ids": asdict(self.ids), "content": asdict(self.fingerprints)},
            "content": {
                "path": self.content.path,
                "exists": self.content.exists,
                "files": self.content.files,
                "sessions": self.content.sessions,
                "bytes": self.content.bytes,
                "userTurns": self.content.user_turns,
            },
            "classifier": asdict(self.classifier) | {"missing": self.classifier.missing},
            "archive": archive,
        }


def home_status(home: Home) -> HomeStatus:
    """What lies in `home`. Raises `HomeUnreadable`."""
    turns = classified = user_turns = 0
    for line in walk(home.ledger):
        if line["kind"] == "turn":
            turns += 1
            classified += type(line["record"].get("activity")) is str
        elif line["kind"] == "user_turn":
            user_turns += 1
    sizes = stored_sizes(home)
    sessions = sum(size > 0 for size in sizes)
    content = ContentStatus(str(home.content), home.content.is_dir(), len(sizes), sessions, sum(sizes), user_turns)
    return HomeStatus(
        _index_status(home.index), _index_status(home.content_index), content, ClassifierStatus(turns, classified)
    )


def _index_status(path: Path) -> IndexStatus:
    try:
        data = read_file(path)
    except HomeUnreadable:
        data = None
    if data is None:
        return IndexStatus(str(path), exists=False, bytes=0, entries=0)
    entries = sum(1 for line in data.decode(errors="replace").split("\n") if trim(line))
    return IndexStatus(str(path), exists=True, bytes=len(data), entries=entries)
