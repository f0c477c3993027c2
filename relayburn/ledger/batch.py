"""Records made ready for the ledger: serialised and hashed, so that whoever appends has nothing left to compute.

In: records of one kind in wire form. Out: a `Batch`, which can be made in another process than the one that appends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from relayburn.ledger.identity import Wire, fingerprint, identity_text, text_hash
from relayburn.ledger.line_index import line_hash
from relayburn.ledger.lines import joined, json_bytes
from relayburn.semantics import CURRENT, Semantics


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one `kind`, in order.

    `texts` are their JSON texts and `ids` their identity hashes. What else decides whether a record is new depends on the
    semantics: `hashes` of the lines under `exactly_once`, else the content `fingerprints` of turns.
    """

    kind: str
    texts: tuple[bytes, ...]
    ids: tuple[str, ...]
    hashes: tuple[int, ...] = ()
    fingerprints: tuple[str, ...] = ()


def prepare(kind: str, records: Sequence[Wire], *, semantics: Semantics = CURRENT) -> Batch:
    """`records` of `kind` (turn, compaction, relationship, tool_result_event or user_turn), made ready for appending."""
    texts = tuple([json_bytes(record) for record in records])
    ids = tuple([text_hash(identity_text(kind, record)) for record in records])
    if semantics.exactly_once:
        return Batch(kind, texts, ids, hashes=tuple([line_hash(kind, text) for text in texts]))
    if kind == "turn":
        return Batch(kind, texts, ids, fingerprints=tuple([fingerprint(record) for record in records]))
    return Batch(kind, texts, ids)


@dataclass(frozen=True, slots=True)
class SessionContent:
    """Content records of one session that came in a row; the id may be of any JSON type.

    `text` holds their JSON texts, each ended by a line feed. Where it `repeats`, two of them are the same.
    """

    session_id: Any
    text: bytes
    repeats: bool

    @classmethod
    def of_lines(cls, session_id: Any, lines: Sequence[bytes]) -> SessionContent:
        """The content in `lines`, which are without their ends."""
        return cls(session_id, joined(lines), len(set(lines)) < len(lines))

    @property
    def lines(self) -> list[bytes]:
        """The JSON texts."""
        return self.text.split(b"\n")[:-1]


def prepare_content(records: Sequence[Wire]) -> tuple[SessionContent, ...]:
    """Content records made ready for appending, in order."""
    sessions = (list(in_a_row) for _, in_a_row in groupby(records, _session))
    return tuple(
        [SessionContent.of_lines(row[0].get("sessionId"), [json_bytes(record) for record in row]) for row in sessions]
    )


def _session(record: Wire) -> object:
    """What records of one session have in common; values that are no text are equal to others that are not the same."""
    named = record.get("sessionId")
    return named if type(named) is str else object()
