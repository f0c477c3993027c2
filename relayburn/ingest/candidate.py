"""A session that may claim a stamp which was written before its launch (ingest.md 6).

In: nothing. Out: what is known of it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A session that a pending stamp may be meant for; what is not known is None. `mtime_ms` is its file's."""

    harness: str
    session_id: str
    session_path: str | None = None
    mtime_ms: int | float | None = None
    cwd: str | None = None
