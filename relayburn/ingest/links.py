"""Links between Claude Code sessions that only several of their logs together show (ingest.md 3.1).

In: the evidence of the logs of one pass, in discovery order. Out: the relationships that follow. Of the ids of lines, of
which a log has thousands, only eight bytes each are kept, until it is known which ones are asked for.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import msgspec

from relayburn.reader.claude import Evidence
from relayburn.records import SessionRelationshipRecord


class SessionLinks:
    """What the logs of a pass say of each other."""

    def __init__(self) -> None:
        self._logs: list[tuple[Evidence, array[int]]] = []

    def add(self, evidence: Evidence) -> None:
        """Take the evidence of one log."""
        known = array("q", [hash(uuid) for uuid in evidence.seen_uuids])
        self._logs.append((msgspec.structs.replace(evidence, seen_uuids=[]), known))

    def relationships(self) -> list[SessionRelationshipRecord]:
        """The relationships between the logs so far."""
        if not self._logs:
            return []
        from relayburn.reader.claude import reconcile_claude_session_relationships

        return reconcile_claude_session_relationships(self._evidence())

    def _evidence(self) -> Iterator[Evidence]:
        parents = {str(log.first_parent_uuid) for log, _ in self._logs if log.first_parent_uuid}
        asked_for = {hash(uuid): uuid for uuid in parents}
        for log, known in self._logs:
            seen = dict.fromkeys([asked_for[each] for each in known if each in asked_for])
            yield msgspec.structs.replace(log, seen_uuids=list(seen))
