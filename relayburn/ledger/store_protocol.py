"""What every storage of a home can do (ledger.md 12), and the words that its verbs are spoken in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from relayburn.ledger.batch import Batch, SessionContent
from relayburn.ledger.identity import Wire
from relayburn.ledger.stamp import Stamp
from relayburn.semantics import Semantics

Warn = Callable[[str], None]
"""Takes a line for the user, without its end."""

Keep = Callable[[str], bool]
"""Whether the content of a session is to be kept, by its id."""


@dataclass(frozen=True, slots=True)
class PruneReport:
    """What pruning removed: files (or sessions), their bytes, and how many were kept because they can be read again."""

    files_deleted: int = 0
    bytes_freed: int = 0
    skipped_recoverable: int = 0


def is_kept(keep: Keep, session_id: str) -> bool:
    """What the caller's predicate says; one that raises protects nothing (ledger.md 7)."""
    try:
        return keep(session_id)
    except Exception:  # noqa: BLE001 - whatever it raises
        return False


class Store(Protocol):
    """A place for records, stamps and content."""

    def append(self, batches: Sequence[Batch], semantics: Semantics) -> list[int]:
        """Append what is new of each batch; how many lines of each were really written."""
        ...

    def add_stamp(self, stamp: Stamp, spawned: Batch | None, semantics: Semantics) -> None:
        """Append a stamp and, unless it is known, the relationship that it tells of."""
        ...

    def records(self, kind: str, mention: str | None = None) -> Iterator[Wire]:
        """The records of one kind, in the order they were appended; those without the text `mention` may be left out."""
        ...

    def stamps(self) -> list[Stamp]:
        """All stamps, in the order they were written."""
        ...

    def append_content(self, contents: Sequence[SessionContent], warn: Warn, semantics: Semantics) -> None:
        """Append content records that are not there yet; what has an unsafe session id is warned of and dropped."""
        ...

    def read_content(self, session_id: str, message_id: str | None) -> list[Wire]:
        """The content records of a session, or of one message of it."""
        ...

    def list_content(self) -> list[str]:
        """The ids of sessions that have content."""
        ...

    def prune_content(self, older_than_ms: float, keep: Keep | None, semantics: Semantics) -> PruneReport:
        """Remove the content of sessions that nothing was added to for `older_than_ms`."""
        ...

    def lock(self, name: str, semantics: Semantics) -> AbstractContextManager[None]:
        """Hold the lock `name`."""
        ...
