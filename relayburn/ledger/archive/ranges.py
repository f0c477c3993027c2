"""How the ledger is cut: into ranges of a fixed size, each ending at a line end, and into blocks to be read at once.

In: the ledger's file and a place in it. Out: bytes, hashes, and groups of segments that together stand for a range. A
range ends at the first line end at or after a multiple of its size, whoever cuts and whenever, so that closed segments
are the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from relayburn.errors import HomeUnreadable
from relayburn.ledger.archive.manifest import Segment

RANGE_BYTES = 32 << 20
"""How much of the ledger a closed segment stands for, more or less."""

BLOCK_BYTES = 2 << 20


def blocks(ledger: Path, start: int, size: int, range_bytes: int) -> Iterator[bytes]:
    """The whole lines from byte `start` to the end of its range or the last line end before `size`, block by block.

    Raises `HomeUnreadable`.
    """
    if size <= start:
        return
    boundary = _boundary(start, range_bytes)
    length = BLOCK_BYTES
    try:
        with ledger.open("rb", buffering=0) as file:
            while start < size:
                file.seek(start)
                read = file.read(min(length, size - start))
                end = start + len(read)
                cut = _line_end(read, max(0, boundary - start - 1)) if end >= boundary else 0
                if cut:
                    yield read[:cut]
                    return
                cut = read.rfind(b"\n") + 1
                if cut:
                    yield read[:cut]
                    start, length = start + cut, BLOCK_BYTES
                elif end >= size or not read:
                    return
                else:
                    # A line longer than what was read.
                    length *= 2
    except OSError as cause:
        raise HomeUnreadable(ledger, cause) from cause


def _boundary(start: int, range_bytes: int) -> int:
    return (start // range_bytes + 1) * range_bytes


def _line_end(data: bytes, at: int) -> int:
    """The place after the first line feed from `at` on; 0 where there is none."""
    return data.find(b"\n", at) + 1


def hash_of(ledger: Path, start: int, end: int) -> str | None:
    """The hash of the bytes from `start` to `end`, in hex; None where the file is shorter. Raises `HomeUnreadable`."""
    found, at = sha256(), start
    try:
        with ledger.open("rb") as file:
            file.seek(start)
            while at < end and (read := file.read(min(BLOCK_BYTES, end - at))):
                at += len(read)
                found.update(read)
    except OSError as cause:
        raise HomeUnreadable(ledger, cause) from cause
    return found.hexdigest() if at == end else None


def by_range(segments: Iterable[Segment], range_bytes: int) -> Iterator[tuple[list[Segment], bool]]:
    """Neighbouring segments, those of one range together, and whether the range is closed. Only the last may be open."""
    group: list[Segment] = []
    for segment in segments:
        group.append(segment)
        if segment.end >= _boundary(group[0].start, range_bytes):
            yield group, True
            group = []
    if group:
        yield group, False
