"""Putting a ledger that was read anew in the place of an old one, without losing what only the old one has.

In: a home, and another that all logs were just read into. Out: the first home's ledger holds what cannot be read again
(stamps, records of logs that are gone, what hooks told, lines nobody understands), then all that was read. It is
replaced at once, under its lock: a kill leaves the old ledger or the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from relayburn.errors import HomeUnreadable
from relayburn.ledger.batch import SessionContent
from relayburn.ledger.content import append_prepared_content, list_content
from relayburn.ledger.copies import LONG_ID
from relayburn.ledger.file_content import content_file
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire, identity_key
from relayburn.ledger.kept_turns import save_kept_foreign_turns
from relayburn.ledger.lines import STAMP, known_line, walk_lines
from relayburn.ledger.private_files import read_file, replace_file
from relayburn.ledger.rebuild import rebuild_index
from relayburn.ledger.store_protocol import Warn
from relayburn.records import Record
from relayburn.semantics import CURRENT, TS_1_10, Semantics

Key = tuple[object, ...]

_BLOCK_BYTES = 1 << 20


class KeptSession(Record, kw_only=True):
    """A session with `turns` that no log tells of any more."""

    source: str
    session_id: str
    turns: int = 0


@dataclass(slots=True)
class CarriedOver:
    """What the new ledger holds: turns that were read, and by session those that were kept, in the order they first came."""

    read_turns: int = 0
    kept_turns: int = 0
    kept_sessions: list[KeptSession] = field(default_factory=list)


def replace_ledger(home: Home, read: Home, *, semantics: Semantics = CURRENT) -> CarriedOver:
    """Put the ledger of `read` in the place of that of `home`, after what only the latter has.

    Raises `LockUnavailable`, `HomeUnreadable`, `HomeUnwritable`.
    """
    with file_lock(home, "ledger", semantics):
        news = _News.of(read.ledger)
        kept = _Kept(semantics)
        replace_file(home.ledger, _chunks(home.ledger, read.ledger, news, kept))
        rebuild_index(home, semantics=semantics)
        save_kept_foreign_turns(home, semantics, kept.foreign)
    return CarriedOver(len(news.turns), len(kept.turns), _by_session(kept.turns))


def add_content(home: Home, read: Home, warn: Warn, *, semantics: Semantics = CURRENT) -> None:
    """Add to the content of `home` what only `read` has of it. Raises as appending content does."""
    for session_id in list_content(read):
        lines = (read_file(content_file(read, session_id)) or b"").split(b"\n")
        content = SessionContent.of_lines(session_id, [line for line in lines if line])
        append_prepared_content(home, (content,), warn, semantics=semantics)


@dataclass(slots=True)
class _News:
    """What was read: identities by kind, turns, the sessions they are of, their messages, and calls with a result."""

    identities: dict[str, set[Key]]
    turns: set[Key]
    sessions: set[Key]
    messages: set[Key]
    calls: set[Key]

    @classmethod
    def of(cls, ledger: Path) -> _News:
        news = cls({}, set(), set(), set(), set())
        for line in walk_lines(ledger):
            if (known := known_line(line)) is None or known["kind"] == STAMP:
                continue
            kind, record = known["kind"], known["record"]
            identity = identity_key(kind, record)
            news.identities.setdefault(kind, set()).add(identity)
            news.sessions.add(identity[:2])
            if kind == "turn":
                news.turns.add(identity)
                news.messages.add((identity[0], identity[2]))
            elif kind == "tool_result_event":
                news.calls.add(identity[:3])
        return news

    def hold(self, kind: str, record: Wire) -> bool:
        """Whether a record of the old ledger was read again, perhaps as another one."""
        identity = identity_key(kind, record)
        match kind:
            case "turn":
                return identity in self.turns or self._holds_elsewhere(identity)
            case "tool_result_event":
                # Hooks number their events as they come, logs as they stand.
                return identity[:3] in self.calls
            case "user_turn":
                answer = identity_key("turn", {**record, "messageId": record.get("followingMessageId")})
                return identity in self.identities.get(kind, ()) or answer in self.turns
        return identity in self.identities.get(kind, ())

    def _holds_elsewhere(self, turn: Key) -> bool:
        """Whether a turn of a session that was read again is now known to be another session's."""
        source, session, message = turn
        is_unique = type(message) is str and len(message) >= LONG_ID
        return is_unique and (source, session) in self.sessions and (source, message) in self.messages


@dataclass(slots=True)
class _Kept:
    """The turns that are kept, with their sessions; `foreign` lines of them were not written under `semantics`."""

    semantics: Semantics
    turns: dict[Key, Key] = field(default_factory=dict)
    foreign: int = 0

    def add(self, line: Wire) -> None:
        """Count the turn of a line."""
        identity = identity_key("turn", line["record"])
        self.turns[identity] = identity[:2]
        self.foreign += line.get("semantics", TS_1_10.name) != self.semantics.name


def _chunks(old: Path, read: Path, news: _News, kept: _Kept) -> Iterator[bytes]:
    """The new ledger's bytes; the turns that are kept go into `kept`."""
    for line in walk_lines(old):
        known = known_line(line)
        if known is not None and known["kind"] != STAMP:
            kind, record = known["kind"], known["record"]
            if news.hold(kind, record):
                continue
            if kind == "turn":
                kept.add(known)
        if line:
            yield line + b"\n"
    yield from _whole(read)


def _whole(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK_BYTES):
                yield block
    except FileNotFoundError:
        return
    except OSError as cause:
        raise HomeUnreadable(path, cause) from cause


def _by_session(kept: dict[Key, Key]) -> list[KeptSession]:
    sessions: dict[Key, KeptSession] = {}
    for source, session in kept.values():
        named = KeptSession(source=_text(source), session_id=_text(session))
        sessions.setdefault((source, session), named).turns += 1
    return list(sessions.values())


def _text(part: object) -> str:
    return part if isinstance(part, str) else str(part[0]) if isinstance(part, tuple) else ""
