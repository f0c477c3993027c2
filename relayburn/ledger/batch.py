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
from relayburn.ledger.lines import json_bytes
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
class ContentBatch:
    """Content records, in order: of each session in a row its id, which may be of any JSON type, and the JSON texts."""

    sessions: tuple[tuple[Any, tuple[bytes, ...]], ...] = ()


def prepare_content(records: Sequence[Wire]) -> ContentBatch:
    """Content records made ready for appending."""
    sessions: list[tuple[Any, tuple[bytes, ...]]] = []
    for _, in_a_row in groupby(records, _session):
        of_session = list(in_a_row)
        sessions.append((of_session[0].get("sessionId"), tuple([json_bytes(record) for record in of_session])))
    return ContentBatch(tuple(sessions))


def _session(record: Wire) -> object:
    """What records of one session have in common; values that are no text are equal to others that are not the same."""
    named = record.get("sessionId")
    return named if type(named) is str else object()
