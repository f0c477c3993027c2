"""Which ledger lines need no second look: those that every reader of JSON understands alike.

In: one line, without its end. Out: the line, typed, when it is plain: one of the record types of records.md to the letter,
spelled as JavaScript spells it. Then it holds no key twice, no unknown key, no null, no number that a double cannot hold
and no byte that is not UTF-8, so that DuckDB reads in it what JavaScript would. Any other line is odd, and read again in
Python.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, UNSET, Meta, Struct, UnsetType

from relayburn.jsnum import MAX_SAFE_INTEGER
from relayburn.records import (
    CompactionEvent,
    Record,
    SessionRelationshipRecord,
    ToolResultEventRecord,
    TurnRecord,
    UserTurnRecord,
)

RECORD_TYPES: dict[str, type[Record]] = {
    "turn": TurnRecord,
    "compaction": CompactionEvent,
    "relationship": SessionRelationshipRecord,
    "tool_result_event": ToolResultEventRecord,
    "user_turn": UserTurnRecord,
}
"""The kinds of lines that can be plain. Stamps are few, and always read in Python."""

LONGEST = 1 << 20
"""Bytes that a plain line has at most."""

_SMALLEST = 0.01
"""Fractions from here on are written without an exponent, and could not be written shorter with one."""

_ExactInteger = Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]


class PlainLine(Struct, tag_field="kind", gc=False):
    """A line of a known kind; `record` is of the strict type for it."""

    v: Literal[1]
    record: Any
    semantics: str | UnsetType = UNSET


def _strict(hint: Any) -> Any:
    """The type of a field with every key required that a well-formed record has, and only exact whole numbers."""
    if hint is int:
        return _ExactInteger
    if isinstance(hint, type) and issubclass(hint, Record):
        return _strict_record(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return Union[tuple(map(_strict, get_args(hint)))]  # noqa: UP007 - the parts are only known now
    if get_origin(hint) is list:
        return types.GenericAlias(list, (_strict(get_args(hint)[0]),))
    return hint


def _strict_record(record: type[Record]) -> type[Struct]:
    fields = [
        (field.name, _strict(field.type), msgspec.field(default=_default(field.default), name=field.encode_name))
        for field in msgspec.structs.fields(record)
    ]
    numbers = [field.name for field in msgspec.structs.fields(record) if float in get_args(field.type)]
    checks = {"__post_init__": _fractions_only(numbers)} if numbers else {}
    return msgspec.defstruct(f"Plain{record.__name__}", fields, kw_only=True, gc=False, namespace=checks)


def _fractions_only(names: Sequence[str]) -> Callable[[Any], None]:
    """A check that the fields of these `names` hold no number with a point or exponent that has a shorter spelling."""

    def check(record: Any) -> None:
        for name in names:
            number = getattr(record, name)
            if type(number) is float and (number.is_integer() or abs(number) < _SMALLEST):
                raise ValueError(name)

    return check


def _default(default: Any) -> Any:
    return UNSET if default is UNSET else NODEFAULT


_LINE_TYPES = {
    kind: msgspec.defstruct(
        f"PlainLineOf{record.__name__}", [("record", _strict_record(record))], bases=(PlainLine,), tag=kind, gc=False
    )
    for kind, record in RECORD_TYPES.items()
}
KIND_OF_TYPE: dict[type[Struct], str] = {line_type: kind for kind, line_type in _LINE_TYPES.items()}
TURN_LINE = _LINE_TYPES["turn"]

_DECODER = msgspec.json.Decoder(Union[tuple(_LINE_TYPES.values())])  # noqa: UP007 - the parts are only known now
_REFUSALS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_PIECE_BYTES = 1 << 17


class PlainLines:
    """Tells plain lines from odd ones. It has a buffer of its own, so every thread needs its own."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()
        self._shortest = bytearray()

    def of(self, block: bytes) -> Iterator[tuple[bytes, PlainLine | None]]:
        """The lines of `block`, which ends with a line feed, each with what `typed` says of it."""
        start = 0
        while start < len(block):
            end = block.find(b"\n", start + _PIECE_BYTES) + 1 or len(block)
            piece = block[start:end]
            lines = piece.split(b"\n")
            lines.pop()
            yield from zip(lines, self._all_typed(piece) or map(self.typed, lines), strict=True)
            start = end

    def _all_typed(self, piece: bytes) -> list[PlainLine] | None:
        """All lines of `piece` typed, which costs half as much as one by one; None where one of them may be odd."""
        try:
            typed = _DECODER.decode_lines(piece)
        except _REFUSALS:
            return None
        # No line can be shorter than the shortest spelling of its record, so none is longer where all together are not.
        shortest = len(self._encoder.encode_lines(typed))
        return typed if shortest == len(piece) <= LONGEST else None

    def typed(self, line: bytes) -> PlainLine | None:
        """The line, typed, or None where it is odd."""
        try:
            typed = _DECODER.decode(line)
        except _REFUSALS:
            return None
        # Whatever is in a line twice, or unknown, makes it longer than the shortest spelling of its record.
        self._encoder.encode_into(typed, self._shortest)
        return typed if len(self._shortest) == len(line) <= LONGEST else None
