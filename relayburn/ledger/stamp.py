"""What a stamp holds for, and what stamps say of a turn (ledger.md 5).

In: stamps and turns. Out: for a turn its enrichment, which is what all stamps that match it say, the latest word on each
key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relayburn.ledger.identity import Wire
from relayburn.text import code_unit_key

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Stamp:
    """One stamp: when it was made (ISO text), what it holds for, and what it says.

    `selector` may have `sessionId`, `messageId` and `range` (`fromTs`, `toTs`), all of which must agree with a turn.
    """

    ts: str
    selector: Mapping[str, Any] = field(default_factory=dict)
    enrichment: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_line(cls, line: Wire) -> Stamp:
        """The stamp of a ledger line; a part of another type says nothing."""
        return cls(_text(line.get("ts")), _map(line.get("selector")), _map(line.get("enrichment")))


def in_order(stamps: Iterable[Stamp]) -> list[Stamp]:
    """`stamps`, oldest first; stamps of one time stay as they are."""
    return sorted(stamps, key=lambda stamp: code_unit_key(stamp.ts))


def matches(selector: Mapping[str, Any], turn: Wire) -> bool:
    """Whether a stamp with `selector` holds for `turn`: every key that is there agrees, and one is there."""
    named = False
    for name in ("sessionId", "messageId"):
        if name in selector:
            named = True
            if not _same(selector[name], turn.get(name, _ABSENT)):
                return False
    if "range" in selector:
        named = True
        if not _within(selector["range"], turn.get("ts")):
            return False
    return named


def fold(stamps: Sequence[Stamp], turn: Wire) -> dict[str, Any]:
    """What `stamps`, oldest first, say of `turn`: a later value replaces an earlier one, its key stays where it is."""
    enrichment: dict[str, Any] = {}
    for stamp in stamps:
        if matches(stamp.selector, turn):
            enrichment.update(stamp.enrichment)
    return enrichment


def is_before(earlier: Any, later: Any) -> bool:
    """Whether both are texts, and in this order by UTF-16 code units. What cannot be compared is not before anything."""
    if type(earlier) is not str or type(later) is not str:
        return False
    if earlier.isascii() and later.isascii():
        return earlier < later
    return code_unit_key(earlier) < code_unit_key(later)


class Folding:
    """`fold` for many turns: only stamps that could match are looked at. Stamps must be oldest first."""

    def __init__(self, stamps: Sequence[Stamp]) -> None:
        self._by_session: dict[str, list[tuple[int, Stamp]]] = defaultdict(list)
        self._by_message: dict[str, list[tuple[int, Stamp]]] = defaultdict(list)
        self._others: list[tuple[int, Stamp]] = []
        for place in enumerate(stamps):
            self._list_for(place[1].selector).append(place)

    def of(self, turn: Wire) -> dict[str, Any]:
        """What the stamps say of `turn`."""
        places = [
            *self._by_session.get(_text(turn.get("sessionId")), ()),
            *self._by_message.get(_text(turn.get("messageId")), ()),
            *self._others,
        ]
        if not places:
            return {}
        places.sort(key=lambda place: place[0])
        return fold([stamp for _, stamp in places], turn)

    def _list_for(self, selector: Mapping[str, Any]) -> list[tuple[int, Stamp]]:
        if type(session := selector.get("sessionId")) is str:
            return self._by_session[session]
        if type(message := selector.get("messageId")) is str:
            return self._by_message[message]
        return self._others


def _within(bounds: Any, ts: Any) -> bool:
    """Whether `ts` lies in a range. Bounds that are empty or no texts, and what is no range, hold nothing back."""
    if not isinstance(bounds, Mapping):
        return True
    first, last = bounds.get("fromTs"), bounds.get("toTs")
    return not (is_before(ts, first) or (last and is_before(last, ts)))


def _same(value: Any, other: Any) -> bool:
    return value == other and (type(value) is bool) == (type(other) is bool)


def _text(value: Any) -> str:
    return value if type(value) is str else ""


def _map(value: Any) -> Mapping[str, Any]:
    return value if type(value) is dict else {}
