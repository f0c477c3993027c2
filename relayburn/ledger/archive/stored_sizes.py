"""How large the records of turns are, as they are stored.

In: a home whose archive is up to date, and a query. Out: how many turns there are, the latest of their times, and the
length of their records together, without reading a record of a plain line.
"""

from __future__ import annotations

from typing import NamedTuple

from relayburn.ledger.archive.database import literal
from relayburn.ledger.archive.filters import condition
from relayburn.ledger.archive.reading import record_of_line
from relayburn.ledger.archive.snapshot import Snapshot, ask
from relayburn.ledger.home import Home
from relayburn.ledger.lines import json_bytes, line_head
from relayburn.ledger.query import LedgerQuery
from relayburn.ledger.tables import TURNS
from relayburn.semantics import CURRENT, TS_1_10, Semantics

_HEADS = tuple(f'{line_head("turn", semantics).decode()}"record":' for semantics in (CURRENT, TS_1_10))
_KNOWN = f"NOT odd AND ({' OR '.join(f'starts_with(line, {literal(head)})' for head in _HEADS)})"
_LENGTH = " ".join(f"WHEN starts_with(line, {literal(head)}) THEN strlen(line) - {len(head) + 1}" for head in _HEADS)


class StoredTurns(NamedTuple):
    """So many turns; the greatest of their times as logged, None without any; the UTF-8 bytes of their records."""

    turns: int
    latest: str | None
    bytes: int


def stored_turns(home: Home, query: LedgerQuery, *, semantics: Semantics = CURRENT) -> StoredTurns:
    """The turns that `query` asks for by session, source, project and time. Raises `ArchiveUnusable`."""
    where, values = condition(query)

    def question(snapshot: Snapshot) -> StoredTurns:
        summed = f"sum(CASE {_LENGTH} END) FILTER ({_KNOWN}), list(line) FILTER (NOT ({_KNOWN}))"
        ((turns, latest, known, others),) = snapshot.rows(
            f"SELECT count(*), max(ts), {summed} FROM {snapshot.newest_rows(TURNS)} WHERE {where}", values
        )
        other_bytes = sum(len(json_bytes(record_of_line(line)["record"])) for line in others or ())
        return StoredTurns(turns, latest, int(known or 0) + other_bytes)

    return ask(home, question, semantics=semantics)
