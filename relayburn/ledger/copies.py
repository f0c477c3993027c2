"""Which turns are copies: a resumed, forked or branched session's log begins with messages of another one.

In: turns in wire form, the newest of each identity. Out: those that count, and which records beside the others do not
count either. Of all copies of a message the one of the earliest session counts: by the first time of its turns, then by
its id, so that the order in which logs were read does not matter. What tells a copy differs by harness (docs/semantics.md,
`count_copies_once`); relayburn/ledger/archive/copies.py says the same in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from relayburn.ledger.identity import Wire
from relayburn.ledger.tables import TURNS, as_text, part

LONG_ID = 20
"""An id of so many characters is given once in the world; a shorter one may be a plain count."""

OPENCODE = "opencode"
"""The harness that gives a copied message a new id."""

TOKENS = (
    *("input_tokens", "output_tokens", "reasoning_tokens", "cache_read_tokens"),
    *("cache_create_5m_tokens", "cache_create_1h_tokens"),
)
"""What a message used, which its copy repeats."""

_VALUE_OF = {column.name: column.of for column in TURNS.columns}


class TurnName(NamedTuple):
    """What names a turn."""

    source: str | None
    session: str
    message: str | None


@dataclass(frozen=True, slots=True)
class Copies:
    """Turns that do not count, each with the session whose copy does, and the calls that they made."""

    keepers: dict[TurnName, str]
    calls: frozenset[TurnName]

    def hold(self, kind: str, record: Wire, compacted: frozenset[TurnName]) -> bool:
        """Whether a record of `kind` stands beside a copy; `compacted` names the turns that compactions follow."""
        match kind:
            case "user_turn":
                return _name(record, "followingMessageId") in self.keepers
            case "tool_result_event":
                return _name(record, "messageId") in self.keepers or _name(record, "toolUseId") in self.calls
            case "compaction":
                preceding = _name(record, "precedingMessageId")
                keeper = self.keepers.get(preceding)
                return keeper is not None and preceding._replace(session=keeper) in compacted
        return False


def counted(turns: Iterable[Wire]) -> list[Wire]:
    """The turns that count, in order."""
    turns = list(turns)
    return [turn for turn, keeper in zip(turns, _keepers(turns), strict=True) if keeper is None]


def copies_among(turns: Iterable[Wire]) -> Copies:
    """The turns that do not count."""
    turns = list(turns)
    found = [(turn, keeper) for turn, keeper in zip(turns, _keepers(turns), strict=True) if keeper is not None]
    return Copies({_name(turn): keeper for turn, keeper in found}, frozenset(_calls(turn for turn, _ in found)))


def counted_beside(kind: str, records: Iterable[Wire], copies: Copies) -> list[Wire]:
    """The records of `kind` that stand beside a turn that counts, or beside none, in order."""
    records = list(records)
    after = "precedingMessageId"
    compacted = frozenset(_name(each, after) for each in records) if kind == "compaction" else frozenset()
    return [record for record in records if not copies.hold(kind, record, compacted)]


def _keepers(turns: Sequence[Wire]) -> Iterator[str | None]:
    """For each turn the session whose copy counts in its place, None where it counts itself."""
    names = [_name(turn) for turn in turns]
    started: dict[tuple[str | None, str], str] = {}
    for name, turn in zip(names, turns, strict=True):
        if ts := as_text(part(turn, "ts")):
            before = started.setdefault(name[:2], ts)
            started[name[:2]] = min(before, ts)
    keys = [_copy_key(turn) for turn in turns]
    earliest: dict[tuple[object, ...], tuple[bool, str, str]] = {}
    for name, key in zip(names, keys, strict=True):
        if key is not None:
            ts = started.get(name[:2])
            rank = (ts is None, ts or "", name.session)
            earliest[key] = min(earliest.get(key, rank), rank)
    for name, key in zip(names, keys, strict=True):
        keeper = name.session if key is None else earliest[key][2]
        yield None if keeper == name.session else keeper


def _copy_key(turn: Wire) -> tuple[object, ...] | None:
    """What a message and its copies have in common, and no other message has; None where nothing tells."""
    source, message = _column(turn, "source"), _column(turn, "message_id")
    is_long = message is not None and len(message) >= LONG_ID
    if is_long and source != OPENCODE:
        return source, message
    used = tuple(_column(turn, name) for name in TOKENS)
    calls = tuple(call["tool_use_id"] for call in _column(turn, "tool_calls"))
    if not (calls or any(used)):
        return (source, message) if is_long else None
    said = (_column(turn, "model"), used, calls)
    if source == OPENCODE:
        return source, _column(turn, "ts"), *said
    return (source, message, *said) if message else None


def _calls(turns: Iterable[Wire]) -> Iterator[TurnName]:
    for turn in turns:
        name = _name(turn)
        for call in _column(turn, "tool_calls"):
            yield name._replace(message=call["tool_use_id"])


def _name(record: Wire, key: str = "messageId") -> TurnName:
    """The turn, or with another `key` the call, that a record names."""
    source, session = as_text(part(record, "source")), as_text(part(record, "sessionId"))
    return TurnName(source, session or "", as_text(part(record, key)))


def _column(turn: Wire, name: str) -> Any:
    return _VALUE_OF[name](turn)
