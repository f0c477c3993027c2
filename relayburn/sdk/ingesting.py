"""Bringing the ledger up to date with the session logs (sdk.md 4).

In: a home. Out: what was found and appended. Warnings go to stderr, unless the caller listens.
"""

from __future__ import annotations

import asyncio
import sys

from relayburn.ingest.report import IngestReport
from relayburn.ingest.sweep import ingest_all
from relayburn.sdk.places import HomeLike, home_of
from relayburn.sdk.reading import OnLog
from relayburn.semantics import CURRENT, Semantics


def to_stderr(line: str) -> None:
    """Write `line` to stderr."""
    print(line, file=sys.stderr)


def ingest(home: HomeLike = None, *, log: OnLog = to_stderr, semantics: Semantics = CURRENT) -> IngestReport:
    """Append what is new in the logs of all harnesses.

    A log that cannot be read is told to `log` and left for the next time. Raises `LockUnavailable`, `HomeUnreadable`,
    `HomeUnwritable`, `UnsupportedStorage`.
    """
    return ingest_all(home_of(home), log=log, semantics=semantics)


async def ingest_async(
    home: HomeLike = None, *, log: OnLog = to_stderr, semantics: Semantics = CURRENT
) -> IngestReport:
    """`ingest` in a thread, for callers that wait for other things too; `log` is called from that thread."""
    return await asyncio.to_thread(ingest, home, log=log, semantics=semantics)
