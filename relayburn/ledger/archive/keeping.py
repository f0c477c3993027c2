"""What of the archive still holds, now that the ledger may be another.

In: a manifest and the ledger as it looks now. Out: the segments to keep, from the first one on, and where to go on.
"""

from __future__ import annotations

from pathlib import Path

from relayburn.ledger.archive.manifest import LedgerState, Manifest, Segment
from relayburn.ledger.archive.ranges import by_range, hash_of
from relayburn.semantics import Semantics


def kept_segments(
    manifest: Manifest,
    folder: Path,
    ledger: Path,
    state: LedgerState | None,
    *,
    range_bytes: int,
    semantics: Semantics,
) -> list[Segment]:
    """The segments that are still true, under the rule of `semantics`. Raises `HomeUnreadable`."""
    segments = manifest.segments
    if not semantics.whole_archive:
        # The reference looks at the size alone, and without a ledger it leaves everything as it is.
        return segments if state is None or state.size >= manifest.offset else []
    if state is None or manifest.ledger is None:
        return []
    kept: list[Segment] = []
    unseen = _plainly_appended_to(manifest.ledger, state)
    for group, closed in by_range(segments, range_bytes):
        for segment in group:
            if not _has_files(folder, segment):
                return kept
            if not (closed and unseen) and hash_of(ledger, segment.start, segment.end) != segment.sha256:
                return kept
            kept.append(segment)
    return kept


def _plainly_appended_to(before: LedgerState, now: LedgerState) -> bool:
    """Whether it is the same file, only longer. Then the closed ranges are taken to be as they were."""
    return before.inode == now.inode and now.size > before.size


def _has_files(folder: Path, segment: Segment) -> bool:
    return all((folder / table.file).exists() for table in segment.tables.values())
