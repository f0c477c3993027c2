"""Lines about the session itself: `session_meta`, `turn_context`, `compacted` and `token_count`.

In: a line and the working state. Out: session id, directory, model and running totals in that state; root, fork and
continuation rows and compaction events in its queues (reader-codex.md 5.1-5.4).
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from relayburn.jsjson import truthy
from relayburn.reader.codex.entries import Line, Payload
from relayburn.reader.codex.spawns import first_text
from relayburn.reader.codex.work import Work
from relayburn.records import CompactionEvent, OptionalText, SessionRelationshipRecord, relationship_key


def session_meta(work: Work, line: Line, payload: Payload) -> None:
    """Take the session's id and directory; tell its root once, and where it was forked or continued from."""
    if payload.id:
        work.session_id = payload.id
    if payload.cwd is not None:
        work.session_cwd = payload.cwd
        if work.turn is not None and work.turn.project is UNSET:
            work.turn.project = payload.cwd
    if not work.session_id:
        return
    if not work.root_emitted:
        work.root_emitted = True
        time = line.timestamp if payload.timestamp is None else payload.timestamp
        work.found.relationships.append(_row(work, payload, "root", UNSET, time))
    for relationship, other in (
        ("fork", payload.fork_session_id or payload.fork_session_id_snake),
        ("continuation", payload.continued_from or payload.continued_from_snake),
    ):
        if other and other != work.session_id:
            _tell_origin(work, line, payload, relationship, other)


def own_session_meta(work: Work, line: Line, payload: Payload) -> None:
    """As `session_meta`, unless it is another session's: a fork begins with its parent's lines, that one among them."""
    if not (payload.id and work.session_id and payload.id != work.session_id):
        session_meta(work, line, payload)


def _tell_origin(work: Work, line: Line, payload: Payload, relationship: str, other: str) -> None:
    row = _row(work, payload, relationship, other, payload.timestamp or line.timestamp)
    key = relationship_key(row)
    if key not in work.meta_keys:
        work.meta_keys[key] = None
        work.found.relationships.append(row)


def _row(work: Work, payload: Payload, relationship: str, other: OptionalText, time: Any) -> SessionRelationshipRecord:
    return SessionRelationshipRecord(
        source="codex",
        session_id=work.session_id,
        related_session_id=other,
        relationship_type=relationship,
        ts=first_text(time) or UNSET,
        source_session_id=payload.source_session_id or payload.source_session_id_snake or UNSET,
        source_version=payload.cli_version or payload.version or UNSET,
    )


def turn_context(work: Work, context: dict[str, Any]) -> None:
    """Keep the whole payload for the turn it names, and fill what that turn lacks if it is open."""
    turn_id = context.get("turn_id")
    if not isinstance(turn_id, str):
        return
    work.contexts.news[turn_id] = context
    turn = work.turn
    if turn is None or turn.turn_id != turn_id:
        return
    model, cwd = context.get("model"), context.get("cwd")
    if isinstance(model, str) and not truthy(turn.model):
        turn.model = model
    if isinstance(cwd, str) and turn.project is UNSET:
        turn.project = cwd


def compacted(work: Work, line: Line, payload: Payload) -> None:
    """Tell that the context was compacted, after the last turn that was completed."""
    if not work.session_id:
        return
    event = CompactionEvent(source="codex", session_id=work.session_id, ts=line.time)
    if work.last_completed is not UNSET:
        event.preceding_message_id = work.last_completed.message_id
        event.tokens_before_compact = work.last_completed.cache_read
    work.found.events.append(event)


def token_count(work: Work, line: Line, payload: Payload) -> None:
    """Replace the running totals; outside a turn this moves the point where the next one starts."""
    usage = None if payload.info is None else payload.info.total_token_usage
    if usage is None:
        return
    work.replace_totals(usage)
    if work.turn is not None:
        work.turn.usage_observed = True
