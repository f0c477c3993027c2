"""The records that verbs work on.

In: a home and a query. Out: records, from the archive, which is brought up to date first; where that fails, from a walk
over the ledger, and the caller is told (sdk.md 3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from relayburn.analyze.soundness import is_sound
from relayburn.errors import RelayburnError
from relayburn.ledger import query as ledger
from relayburn.ledger.archive.reading import (
    over_user_turns,
    read_compactions,
    read_tool_result_events,
    read_turns,
    read_user_turns,
)
from relayburn.ledger.archive.refresh import refresh_archive
from relayburn.ledger.content import content_file, read_content
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery
from relayburn.pricing.load import load_pricing
from relayburn.pricing.table import PriceTable
from relayburn.records import (
    CompactionEvent,
    ContentRecord,
    Record,
    ToolResultEventRecord,
    TurnRecord,
    UserTurnRecord,
    from_wire,
)
from relayburn.semantics import Semantics

OnLog = Callable[[str], None]
"""Takes a message for the caller."""

T = TypeVar("T")
R = TypeVar("R", bound=Record)


def unheard(_message: str) -> None:
    """Hears nothing."""


def each_once(on_log: OnLog) -> OnLog:
    """`on_log` for a verb that asks others: what several of them say is heard once."""
    heard: set[str] = set()

    def hear(message: str) -> None:
        if message not in heard:
            heard.add(message)
            on_log(message)

    return hear


@dataclass(frozen=True, slots=True)
class _Unread(Generic[R]):
    """Records that are read whenever they are gone through."""

    read: Callable[[], list[R]]

    def __iter__(self) -> Iterator[R]:
        return iter(self.read())


@dataclass(slots=True)
class _Sound(Generic[R]):
    """Those of `records` that can be analysed, once; then tells how many there were, and how many it left out."""

    records: Iterable[R]
    all: int = 0
    left_out: int = 0

    def __iter__(self) -> Iterator[R]:
        for record in self.records:
            self.all += 1
            if is_sound(record):
                yield record
            else:
                self.left_out += 1


@dataclass(frozen=True, slots=True)
class Reading:
    """One home, read under one semantics; `on_log` hears when the archive or the user's prices could not be used.

    Where `may_use_archive` is false, the ledger is walked.
    """

    home: Home
    semantics: Semantics
    on_log: OnLog = unheard
    may_use_archive: bool = True

    def prices(self) -> PriceTable:
        """The prices in force."""
        return load_pricing(home=self.home.path, semantics=self.semantics, on_unusable=self.on_log)

    def turns(self, query: LedgerQuery) -> list[TurnRecord]:
        """The turns that `query` asks for. Raises what the walk raises, where that fails too."""
        return self._sound(
            "turns", self.from_archive(lambda: self._archived_turns(query), lambda: self._walked_turns(query))
        )

    def recorded_turns(self, query: LedgerQuery) -> list[TurnRecord]:
        """The turns that `query` asks for with all that was recorded of them, from the archive where that keeps it."""
        return self.turns(query) if self.semantics.whole_archive else self.walked_turns(query)

    def walked_turns(self, query: LedgerQuery) -> list[TurnRecord]:
        """The turns that `query` asks for, in the order of the ledger."""
        return self._sound("turns", self._walked_turns(query))

    def user_turns(self, query: LedgerQuery) -> list[UserTurnRecord]:
        """The user turns that `query` asks for by time and session, in the order of the ledger."""
        return self._sound(
            "user turns", self._whole(lambda: self._archived_user_turns(query), lambda: self._walked_user_turns(query))
        )

    def over_user_turns(self, query: LedgerQuery, take: Callable[[Iterable[UserTurnRecord]], T]) -> T:
        """What `take` makes of `user_turns`, which it goes through once while they are read; nothing else keeps them."""

        def taken(records: Iterable[UserTurnRecord]) -> tuple[T, _Sound[UserTurnRecord]]:
            sound = _Sound(records)
            return take(sound), sound

        made, sound = self._whole(
            lambda: over_user_turns(self.home, query, taken, semantics=self.semantics),
            lambda: taken(self._walked_user_turns(query)),
        )
        self._tell_of_damage("user turns", sound)
        return made

    def tool_result_events(self, query: LedgerQuery) -> list[ToolResultEventRecord]:
        """The tool result events that `query` asks for by time and session, in the order of the ledger."""
        return self._sound(
            "tool result events", self._whole(lambda: self._archived_events(query), lambda: self._walked_events(query))
        )

    def compactions(self, query: LedgerQuery) -> list[CompactionEvent]:
        """The compactions that `query` asks for by time and session, in the order of the ledger."""
        return self._sound(
            "compactions",
            self._whole(lambda: self._archived_compactions(query), lambda: self._walked_compactions(query)),
        )

    def content(self, session_id: str) -> list[ContentRecord]:
        """What is stored of a session's texts. Raises `UnsafeSessionId`, `HomeUnreadable`."""
        return [from_wire(ContentRecord, record) for record in read_content(self.home, session_id)]

    def unread_content(self, session_id: str) -> Iterable[ContentRecord]:
        """The same, read when somebody looks at it. Raises `UnsafeSessionId` now, `HomeUnreadable` then."""
        content_file(self.home, session_id)
        return _Unread(lambda: self.content(session_id))

    def from_archive(self, read: Callable[[], T], walk: Callable[[], T], what: str = "archive query") -> T:
        """What `read` gives from an archive that is up to date, or what `walk` gives where that fails or may not be."""
        if not self.may_use_archive:
            return walk()
        try:
            refresh_archive(self.home, semantics=self.semantics)
            return read()
        except RelayburnError as error:
            self.on_log(f"{what} failed, falling back to ledger walk: {error}")
        return walk()

    def _whole(self, read: Callable[[], T], walk: Callable[[], T]) -> T:
        """What `read` gives from an archive that keeps all that was recorded, else what `walk` gives."""
        return self.from_archive(read, walk) if self.semantics.whole_archive else walk()

    def _sound(self, what: str, records: list[R]) -> list[R]:
        """The records that can be analysed; `on_log` hears of others."""
        sound = _Sound(records)
        kept = list(sound)
        self._tell_of_damage(what, sound)
        return kept

    def _tell_of_damage(self, what: str, sound: _Sound[Any]) -> None:
        if sound.left_out:
            self.on_log(f"{sound.left_out} of {sound.all} {what} in the ledger are damaged; they are left out")

    def _archived_turns(self, query: LedgerQuery) -> list[TurnRecord]:
        return read_turns(self.home, query, semantics=self.semantics)

    def _walked_turns(self, query: LedgerQuery) -> list[TurnRecord]:
        return [from_wire(TurnRecord, turn) for turn in ledger.query_turns(self.home, query, semantics=self.semantics)]

    def _archived_user_turns(self, query: LedgerQuery) -> list[UserTurnRecord]:
        return read_user_turns(self.home, query, semantics=self.semantics)

    def _walked_user_turns(self, query: LedgerQuery) -> list[UserTurnRecord]:
        found = ledger.query_user_turns(self.home, query, semantics=self.semantics)
        return [from_wire(UserTurnRecord, user_turn) for user_turn in found]

    def _archived_events(self, query: LedgerQuery) -> list[ToolResultEventRecord]:
        return read_tool_result_events(self.home, query, semantics=self.semantics)

    def _walked_events(self, query: LedgerQuery) -> list[ToolResultEventRecord]:
        found = ledger.query_tool_result_events(self.home, query, semantics=self.semantics)
        return [from_wire(ToolResultEventRecord, event) for event in found]

    def _archived_compactions(self, query: LedgerQuery) -> list[CompactionEvent]:
        return read_compactions(self.home, query, semantics=self.semantics)

    def _walked_compactions(self, query: LedgerQuery) -> list[CompactionEvent]:
        found = ledger.query_compactions(self.home, query, semantics=self.semantics)
        return [from_wire(CompactionEvent, compaction) for compaction in found]
