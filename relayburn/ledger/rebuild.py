"""The index of known records, made anew from the ledger (ledger.md 3.3).

In: the ledger. Out: both index files, written even when there is nothing to say, and what this process knows.
"""

from __future__ import annotations

from dataclasses import dataclass

from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.identity import RECORD_KINDS, fingerprint, identity_hash
from relayburn.ledger.index import FINGERPRINTS_KEPT, write_index
from relayburn.ledger.line_index import rebuild_line_index
from relayburn.ledger.lines import walk
from relayburn.semantics import CURRENT, Semantics


@dataclass(frozen=True, slots=True)
class IndexReport:
    """How many identities and content fingerprints the new index holds."""

    ids: int
    content: int


def rebuild_index(home: Home, *, semantics: Semantics = CURRENT) -> IndexReport:
    """Write the index anew. Raises `LockUnavailable`, `HomeUnreadable`, `HomeUnwritable`."""
    if not semantics.exactly_once:
        return _rebuild(home, semantics)
    with file_lock(home, "ledger", semantics):
        report = _rebuild(home, semantics)
        rebuild_line_index(home)
    return report


def _rebuild(home: Home, semantics: Semantics) -> IndexReport:
    ids: dict[str, None] = {}
    fingerprints: dict[str, None] = {}
    for line in walk(home.ledger):
        kind = line["kind"]
        if kind in RECORD_KINDS:
            ids[identity_hash(kind, line["record"])] = None
        if kind == "turn":
            fingerprints[fingerprint(line["record"])] = None
    kept = list(fingerprints)[-FINGERPRINTS_KEPT:]
    write_index(home, list(ids), kept, semantics)
    return IndexReport(len(ids), len(kept))
