"""What is written to the ledger: records, each only once (ledger.md 3).

In: records of one kind in wire form, or batches made ready elsewhere. Out: how many lines were really written. Under
ts-1.10 the first record of an identity stays and turns of a known content are dropped; under `current` every record that
is not in the ledger yet is appended, and the newest one of an identity counts on reading.
"""

from __future__ import annotations

from collections.abc import Sequence

from relayburn.errors import InvalidInput
from relayburn.ledger.batch import Batch, prepare
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.ledger.index import forget_index as forget_identities
from relayburn.ledger.line_index import forget_line_index
from relayburn.ledger.store import close_databases, store_of
from relayburn.semantics import CURRENT, Semantics

__all__ = [
    "append_batches",
    "append_compactions",
    "append_relationships",
    "append_tool_result_events",
    "append_turns",
    "append_user_turns",
    "forget_index",
]


def append_batches(home: Home, batches: Sequence[Batch], *, semantics: Semantics = CURRENT) -> list[int]:
    """Append batches made by `prepare` under the same semantics, in order; how many lines of each were really written.

    Under `current` all of them are one write. Raises `LockUnavailable`, `HomeUnwritable`, `HomeUnreadable`,
    `UnsupportedStorage`, and `InvalidInput` for batches of other semantics.
    """
    if any(len(batch.hashes) != (len(batch.texts) if semantics.exactly_once else 0) for batch in batches):
        raise InvalidInput("a batch must be prepared under the semantics it is appended under")
    return store_of(home).append(batches, semantics)


def append_turns(home: Home, records: Sequence[Wire], *, semantics: Semantics = CURRENT) -> int:
    """Append TurnRecords; how many lines were really written. Raises as `append_batches` does."""
    return _append(home, "turn", records, semantics)


def append_compactions(home: Home, records: Sequence[Wire], *, semantics: Semantics = CURRENT) -> int:
    """Append CompactionEvents; how many lines were really written. Raises as `append_batches` does."""
    return _append(home, "compaction", records, semantics)


def append_relationships(home: Home, records: Sequence[Wire], *, semantics: Semantics = CURRENT) -> int:
    """Append SessionRelationshipRecords; how many lines were really written. Raises as `append_batches` does."""
    return _append(home, "relationship", records, semantics)


def append_tool_result_events(home: Home, records: Sequence[Wire], *, semantics: Semantics = CURRENT) -> int:
    """Append ToolResultEventRecords; how many lines were really written. Raises as `append_batches` does."""
    return _append(home, "tool_result_event", records, semantics)


def append_user_turns(home: Home, records: Sequence[Wire], *, semantics: Semantics = CURRENT) -> int:
    """Append UserTurnRecords; how many lines were really written. Raises as `append_batches` does."""
    return _append(home, "user_turn", records, semantics)


def forget_index() -> None:
    """Forget what this process knows of any home's ledger, and close its databases, as a new process would begin."""
    forget_identities()
    forget_line_index()
    close_databases()


def _append(home: Home, kind: str, records: Sequence[Wire], semantics: Semantics) -> int:
    return append_batches(home, [prepare(kind, records, semantics=semantics)], semantics=semantics)[0]
