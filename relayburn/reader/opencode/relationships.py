"""Where a session stands among the others (reader-opencode.md 12)."""

from __future__ import annotations

from relayburn.reader.opencode.dialogue import Dialogue
from relayburn.reader.opencode.timestamps import iso
from relayburn.records import UNSET, SessionRelationshipRecord


def relationships_of(dialogue: Dialogue) -> list[SessionRelationshipRecord]:
    """The root row of a session and, for a child, the row to its parent. Raises `InvalidTime`."""
    session = dialogue.session
    ts = iso(dialogue.assistants[0].created) if dialogue.assistants else UNSET
    rows = [SessionRelationshipRecord(source="opencode", session_id=session.id, relationship_type="root", ts=ts)]
    if session.is_child:
        rows.append(
            SessionRelationshipRecord(
                source="native-opencode",
                session_id=session.id,
                related_session_id=session.parent_id,
                relationship_type="subagent",
                ts=ts,
            )
        )
    return rows
