"""Whether anything has changed: a short text that is another one as soon as turns came or changed (after-1x-surface.md 4).

In: a home, and at most one of a session or a project. Out: `<turns>:<latest time>:<bytes>`.
"""

from __future__ import annotations

from collections.abc import Iterable

from relayburn.errors import InvalidOption
from relayburn.jsdate import parse_date
from relayburn.ledger import query as ledger
from relayburn.ledger.archive.stored_sizes import StoredTurns, stored_turns
from relayburn.ledger.identity import Wire
from relayburn.ledger.lines import json_bytes
from relayburn.ledger.query import LedgerQuery
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.reading import OnLog, Reading, unheard
from relayburn.semantics import CURRENT, Semantics

_MS = 1000


def fingerprint(
    home: HomeLike = None,
    *,
    session: str | None = None,
    project: str | None = None,
    on_log: OnLog = unheard,
    semantics: Semantics = CURRENT,
) -> str:
    """The fingerprint of a session's turns, of a project's (or its key's), or of all.

    Its parts are the number of turns, the Unix seconds of the latest (empty where there is none, or its time cannot be
    read), and the UTF-8 bytes of their records. Raises `InvalidOption` for both, `HomeUnreadable`, `UnsupportedStorage`.
    """
    if session and project:
        raise InvalidOption("fingerprint: pass at most one of session / project")
    reading = Reading(home_of(home), semantics, on_log)
    query = LedgerQuery(session_id=session or None, project=project or None)
    found = reading.from_archive(
        lambda: stored_turns(reading.home, query, semantics=semantics),
        lambda: _walked(ledger.query_turns(reading.home, query, semantics=semantics)),
    )
    return f"{found.turns}:{_seconds(found.latest)}:{found.bytes}"


def _walked(turns: Iterable[Wire]) -> StoredTurns:
    count = size = 0
    latest: str | None = None
    for turn in turns:
        count += 1
        size += len(json_bytes({key: value for key, value in turn.items() if key != "enrichment"}))
        ts = turn.get("ts")
        if type(ts) is str:
            latest = ts if latest is None else max(latest, ts)
    return StoredTurns(count, latest, size)


def _seconds(time: str | None) -> str:
    ms = None if time is None else parse_date(time)
    return "" if ms is None else str(int(ms // _MS))
