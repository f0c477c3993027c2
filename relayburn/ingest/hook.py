"""Ingesting what Claude Code tells its hooks: the event itself, and what is new in the session's transcript (ingest.md 8).

In: the text of one payload. Out: an exit code; a hook must never disturb the session, so what goes wrong is told and the
code is 0 all the same.
"""

from __future__ import annotations

from functools import partial

from relayburn import jsjson
from relayburn.errors import InvalidInput, LogUnreadable, RelayburnError
from relayburn.ingest.appended_sources import sources_of
from relayburn.ingest.event_places import EventPlaces
from relayburn.ingest.file_state import file_state
from relayburn.ingest.harvest import Harvest, Settled, Wire
from relayburn.ingest.hook_drafts import SOURCE, Payload, draft_event, relationship_of, text_field
from relayburn.ingest.subagent_logs import plan_claude_log
from relayburn.ingest.sweep import Hear, stored_cursors, unheard
from relayburn.jscomplaint import complaint
from relayburn.ledger.append import (
    append_compactions,
    append_relationships,
    append_tool_result_events,
    append_turns,
    append_user_turns,
)
from relayburn.ledger.config import load_config
from relayburn.ledger.content import append_content
from relayburn.ledger.cursors import save_changed_cursors
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery, recorded
from relayburn.ledger.store import store_of
from relayburn.semantics import CURRENT, Semantics
from relayburn.text import trim


def ingest_claude_hook(home: Home, text: str, *, log: Hear, quiet: bool = False, semantics: Semantics = CURRENT) -> int:
    """Ingest one payload; the exit code, which is 1 only where the payload is no JSON. `log` takes lines for stderr.

    Raises `InvalidInput` for a payload of null.
    """
    chat = unheard if quiet else log
    if not trim(text):
        chat("[burn] ingest: empty stdin payload, nothing to do")
        return 0
    try:
        payload = jsjson.loads(text)
    except ValueError as error:
        log(f"[burn] ingest: invalid JSON payload: {complaint(text) or error}")
        return 1
    if payload is None:
        raise InvalidInput("a hook payload must be an object, got null")
    fields = payload if isinstance(payload, dict) else {}
    session_id, transcript = text_field(fields, "session_id"), text_field(fields, "transcript_path")
    if session_id is None or transcript is None:
        chat("[burn] ingest: payload missing session_id or transcript_path; ignoring")
        return 0
    try:
        _ingest_event(home, fields, session_id, semantics)
    except RelayburnError as error:
        log(f"[burn] ingest: {error}")
    try:
        _ingest_transcript(home, transcript, log, chat, semantics)
    except RelayburnError as error:
        log(f"[burn] ingest: {error}")
    return 0


def _ingest_event(home: Home, payload: Payload, session_id: str, semantics: Semantics) -> None:
    relationship, draft = relationship_of(payload, session_id), draft_event(payload)
    if relationship is None and draft is None:
        return
    with store_of(home).lock("ledger", semantics):
        if relationship is not None:
            append_relationships(home, [relationship], semantics=semantics)
        if draft is None:
            return
        places = _places(home, session_id, semantics)
        if not places.knows_draft(draft):
            append_tool_result_events(home, [_placed(draft, session_id, places)], semantics=semantics)


def _placed(draft: Wire, session_id: str, places: EventPlaces) -> Wire:
    said = {key: value for key, value in draft.items() if key != "toolUseId"}
    head = {"v": 1, "source": SOURCE, "sessionId": session_id, "toolUseId": draft["toolUseId"]}
    return head | places.next_indexes(draft["toolUseId"]) | said


def _ingest_transcript(home: Home, path: str, log: Hear, chat: Hear, semantics: Semantics) -> None:
    sources = sources_of(home, semantics)
    while True:
        looked = sources.look(path)
        try:
            state = file_state(path)
        except LogUnreadable:
            chat(f"[burn] ingest: no transcript at {path}")
            return
        if not state.is_file:
            return
        before = stored_cursors(home)
        plan = plan_claude_log(path, before.get(path), load_config(home, log).store, semantics)
        if isinstance(plan, Settled):
            if plan.cursor is not None:
                save_changed_cursors(home, before, before | {path: plan.cursor}, semantics=semantics)
            return
        harvest = plan.read()
        if sources.append(path, looked, partial(_append, home, harvest, log, semantics)):
            break
    save_changed_cursors(home, before, before | {path: harvest.cursor}, semantics=semantics)
    if harvest.turns:
        chat(f"[burn] ingested {len(harvest.turns)} turns from {path}")


def _append(home: Home, harvest: Harvest, log: Hear, semantics: Semantics) -> list[int]:
    """Append the records of a transcript, its events each in a place that no hook's event has; how many lines of each."""
    turns = append_turns(home, harvest.turns, semantics=semantics)
    append_content(home, harvest.content, log, semantics=semantics)
    compactions = append_compactions(home, harvest.compactions, semantics=semantics)
    relationships = append_relationships(home, harvest.relationships, semantics=semantics)
    events = 0
    if harvest.tool_result_events:
        with store_of(home).lock("ledger", semantics):
            events = _append_events(home, harvest, semantics)
    return [turns, compactions, relationships, events, append_user_turns(home, harvest.user_turns, semantics=semantics)]


def _append_events(home: Home, harvest: Harvest, semantics: Semantics) -> int:
    sessions: dict[str, EventPlaces] = {}
    news: list[Wire] = []
    for event in harvest.tool_result_events:
        session_id = event["sessionId"]
        if session_id not in sessions:
            sessions[session_id] = _places(home, session_id, semantics)
        if (placed := sessions[session_id].placed(event)) is not None:
            news.append(placed)
    return append_tool_result_events(home, news, semantics=semantics)


def _places(home: Home, session_id: str, semantics: Semantics) -> EventPlaces:
    query = LedgerQuery(session_id=session_id, source=SOURCE)
    return EventPlaces(recorded(home, "tool_result_event", query, semantics=semantics))
