"""Records that the reference's archive cannot hold.

In: odd lines, one after another (a plain line is never refused). Out: the error that the reference's build would end
with, which writes stamps first, then turns, compactions and tool result events (archive.md 4, step 6).
"""

from __future__ import annotations

from relayburn.errors import RecordRefused
from relayburn.ledger.archive import schema_v3
from relayburn.ledger.tables import Wire


def _refused_turn(record: Wire) -> None:
    schema_v3.turn_row(record, {})
    schema_v3.tool_call_rows(record)


_WRITTEN = {
    "stamp": lambda line: schema_v3.stamp_row(line, 0),
    "turn": _refused_turn,
    "compaction": schema_v3.compaction_row,
    "tool_result_event": schema_v3.tool_result_event_row,
}
"""The kinds that the reference archives, in its order."""


class Refusals:
    """The first refusal of each kind of line."""

    def __init__(self) -> None:
        self._first: dict[str, RecordRefused] = {}

    def note(self, kind: str, record: Wire) -> None:
        """Try to write a record (for a stamp its line) as the reference does."""
        if kind in self._first or kind not in _WRITTEN:
            return
        try:
            _WRITTEN[kind](record)
        except RecordRefused as refusal:
            self._first[kind] = refusal

    def add(self, later: Refusals) -> None:
        """Go on with what a later range refused."""
        self._first = later._first | self._first

    def check(self) -> None:
        """Raise the error of the reference's build, if it has one: `RecordRefused`."""
        for kind in _WRITTEN:
            if kind in self._first:
                raise self._first[kind]
