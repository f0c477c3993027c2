"""Which sessions a stamp may change (archive.md 4.2 and 4, step 8).

In: the lines of new stamps, and the archive's turns. Out: session ids: the one that a stamp names, known or not, else
those of the turns with the message it names, or in the time it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relayburn.ledger.archive.database import files
from relayburn.ledger.archive.manifest import Segment
from relayburn.ledger.tables import TURNS, Wire, part

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def sessions_touched_by(
    stamps: Iterable[Wire], connection: DuckDBPyConnection, folder: Path, segments: Sequence[Segment]
) -> set[str]:
    """The sessions that `stamps` may change."""
    named: set[str] = set()
    conditions: list[tuple[str, list[str]]] = []
    for stamp in stamps:
        selector = part(stamp, "selector")
        if session := _text(part(selector, "sessionId")):
            named.add(session)
        elif message := _text(part(selector, "messageId")):
            conditions.append(("message_id = ?", [message]))
        elif type(bounds := part(selector, "range")) is dict:
            conditions.append(_within(bounds))
    if not conditions:
        return named
    paths = [folder / each.tables[TURNS.name].file for each in segments if TURNS.name in each.tables]
    if not paths:
        return named
    where = " OR ".join(f"({condition})" for condition, _ in conditions)
    query = f"SELECT DISTINCT session_id FROM read_parquet({files(paths)}) WHERE {where}"
    found = connection.execute(query, [value for _, values in conditions for value in values]).fetchall()
    return named | {session for (session,) in found if session is not None}


def _within(bounds: Wire) -> tuple[str, list[str]]:
    given = [("ts >= ?", _text(bounds.get("fromTs"))), ("ts <= ?", _text(bounds.get("toTs")))]
    used = [(condition, bound) for condition, bound in given if bound]
    return " AND ".join(condition for condition, _ in used) or "true", [bound for _, bound in used]


def _text(value: Any) -> str:
    return value if type(value) is str else ""
