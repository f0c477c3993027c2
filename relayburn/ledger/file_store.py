"""The file store: `ledger.jsonl`, its indexes, and a content sidecar for each session (ledger.md 3, 5, 6 and 7).

In and out: what `Store` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from relayburn.ledger import file_content
from relayburn.ledger.batch import Batch, SessionContent
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.ledger.index import ledger_index
from relayburn.ledger.line_index import Rows, line_index, no_rows
from relayburn.ledger.lines import STAMP, json_bytes, line_head, walk_kind
from relayburn.ledger.private_files import append_bytes
from relayburn.ledger.stamp import Stamp
from relayburn.ledger.store_protocol import Keep, PruneReport, Warn
from relayburn.semantics import Semantics

_NO_STAMP = b""


class FileStore:
    """The files of one home."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def append(self, batches: Sequence[Batch], semantics: Semantics) -> list[int]:
        """Append what is new of each batch."""
        if semantics.exactly_once:
            return self._append_once(_NO_STAMP, batches, semantics)
        return [self._append_first(_NO_STAMP, batch, semantics) for batch in batches]

    def add_stamp(self, stamp: Stamp, spawned: Batch | None, semantics: Semantics) -> None:
        """Append a stamp, and the relationship it tells of in the same write."""
        line = _stamp_line(stamp, semantics)
        if semantics.exactly_once:
            self._append_once(line, [] if spawned is None else [spawned], semantics)
        else:
            self._append_first(line, spawned or Batch("relationship", (), ()), semantics)

    def records(self, kind: str, mention: str | None = None) -> Iterator[Wire]:
        """The records of one kind in file order."""
        for line in walk_kind(self._home.ledger, kind, mention):
            yield line["record"]

    def stamps(self) -> list[Stamp]:
        """All stamps in file order."""
        return [Stamp.of_line(line) for line in walk_kind(self._home.ledger, STAMP)]

    def append_content(self, contents: Sequence[SessionContent], warn: Warn, semantics: Semantics) -> None:
        """Append content records that their sidecars do not hold yet."""
        file_content.append(self._home, contents, warn, semantics)

    def read_content(self, session_id: str, message_id: str | None) -> list[Wire]:
        """The content records of a sidecar."""
        return file_content.read(self._home, session_id, message_id)

    def list_content(self) -> list[str]:
        """The ids of sessions whose sidecar is not empty."""
        return file_content.stored_sessions(self._home)

    def prune_content(self, older_than_ms: float, keep: Keep | None, semantics: Semantics) -> PruneReport:
        """Remove sidecars that were not written to for `older_than_ms`."""
        return file_content.prune(self._home, older_than_ms, keep, semantics)

    def lock(self, name: str, semantics: Semantics) -> AbstractContextManager[None]:
        """Hold the lock file `name`."""
        return file_lock(self._home, name, semantics)

    def _append_first(self, before: bytes, batch: Batch, semantics: Semantics) -> int:
        """The reference's rule: the first record of an identity is written, unless the turn's content is known."""
        if not (before or batch.texts):
            return 0
        index = ledger_index(self._home)
        seen: set[str] = set()
        fresh: list[int] = []
        for number, identity in enumerate(batch.ids):
            if identity in index.ids or identity in seen:
                continue
            # Turns of one batch that are alike are all written: they are compared with what was known before it.
            if batch.fingerprints and batch.fingerprints[number] in index.fingerprints:
                continue
            seen.add(identity)
            fresh.append(number)
        if not (before or fresh):
            return 0
        with file_lock(self._home, "ledger", semantics):
            append_bytes(self._home.ledger, before + b"".join(_lines(batch, fresh, semantics)))
        if fresh:
            fingerprints = [batch.fingerprints[number] for number in fresh] if batch.fingerprints else []
            index.add(self._home, [batch.ids[number] for number in fresh], fingerprints, semantics)
        return len(fresh)

    def _append_once(self, before: bytes, batches: Sequence[Batch], semantics: Semantics) -> list[int]:
        """The rule of `exactly_once`: every record that no line of the ledger holds yet is written."""
        if not (before or any(batch.texts for batch in batches)):
            return [0] * len(batches)
        with file_lock(self._home, "ledger", semantics):
            index = line_index(self._home)
            index.catch_up()
            seen: set[int] = set()
            counts: list[int] = []
            chunks = [before]
            ids: list[str] = []
            hashes: list[int] = []
            for batch in batches:
                fresh = _unknown(batch.hashes, index.known, seen)
                counts.append(len(fresh))
                chunks += _lines(batch, fresh, semantics)
                ids += [batch.ids[number] for number in fresh]
                hashes += [batch.hashes[number] for number in fresh]
            if before or hashes:
                end = append_bytes(self._home.ledger, b"".join(chunks))
                index.add(_rows(hashes, chunks, end))
            if ids:
                # The reference's own index, for the day that the home is used by it again.
                with file_lock(self._home, "ledger-index", semantics):
                    append_bytes(self._home.index, "".join([f"{identity}\n" for identity in ids]).encode())
        return counts


def _unknown(hashes: Sequence[int], known: set[int], seen: set[int]) -> list[int]:
    """The places of hashes that are neither known nor seen before; they are seen now."""
    fresh: list[int] = []
    for place, found in enumerate(hashes):
        if found not in known and found not in seen:
            seen.add(found)
            fresh.append(place)
    return fresh


def _lines(batch: Batch, fresh: Sequence[int], semantics: Semantics) -> list[bytes]:
    head = line_head(batch.kind, semantics) + b'"record":'
    return [head + batch.texts[number] + b"}\n" for number in fresh]


def _rows(hashes: Sequence[int], chunks: Sequence[bytes], end: int) -> Rows:
    """The rows of lines that stand at the end of the ledger, which is `end` bytes long; the first chunk is none."""
    at = end - sum(map(len, chunks[1:]))
    rows = no_rows()
    for found, line in zip(hashes, chunks[1:], strict=True):
        at += len(line)
        rows.append(found)
        rows.append(at)
    return rows


def _stamp_line(stamp: Stamp, semantics: Semantics) -> bytes:
    said = {"ts": stamp.ts, "selector": dict(stamp.selector), "enrichment": dict(stamp.enrichment)}
    return line_head(STAMP, semantics) + json_bytes(said)[1:] + b"\n"
