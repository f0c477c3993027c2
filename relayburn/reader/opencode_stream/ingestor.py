"""Bus events to records.

In: the payloads of an event stream, one at a time. Out: for each a `StreamIncrement`, which is empty unless the event
says that a session is idle; then it has what is new in that session (reader-opencode-stream.md 4 to 6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from relayburn.reader.git import ProjectResolver
from relayburn.reader.opencode.content import content_of
from relayburn.reader.opencode.dialogue import Dialogue
from relayburn.reader.opencode.message import Message
from relayburn.reader.opencode.parts import ToolPart
from relayburn.reader.opencode.relationships import relationships_of
from relayburn.reader.opencode.timestamps import iso
from relayburn.reader.opencode.tool_events import indexed_results, tool_result_event
from relayburn.reader.opencode.turns import turn_of
from relayburn.reader.opencode.usage import share_of, usage_of
from relayburn.reader.opencode.user_turns import user_turn_before
from relayburn.reader.opencode_stream.cursor import StreamCursor
from relayburn.reader.opencode_stream.events import BusEvent, member, read_event
from relayburn.reader.opencode_stream.state import StreamState
from relayburn.reader.user_turn import token_counter
from relayburn.records import (
    UNSET,
    ContentRecord,
    Record,
    SessionRelationshipRecord,
    ToolResultEventRecord,
    TurnRecord,
    UserTurnRecord,
)
from relayburn.semantics import Semantics


class StreamIncrement(Record, kw_only=True):
    """What one event brought, and the cursor after it. A stream never tells of compactions."""

    turns: list[TurnRecord] = field(default_factory=list)
    content: list[ContentRecord] = field(default_factory=list)
    relationships: list[SessionRelationshipRecord] = field(default_factory=list)
    tool_result_events: list[ToolResultEventRecord] = field(default_factory=list)
    user_turns: list[UserTurnRecord] = field(default_factory=list)
    cursor: StreamCursor = field(default_factory=StreamCursor)


class OpencodeStreamIngestor:
    """Follows the sessions that are created while it listens.

    Content records are made unless `content_mode` is other than `full`. Raises `UnsupportedTokenizer`. Its memory grows
    with the sessions that it follows, until they are deleted.
    """

    def __init__(
        self,
        *,
        content_mode: str = "full",
        tokenizer: Any = UNSET,
        cursor: StreamCursor | None = None,
        semantics: Semantics,
    ) -> None:
        cursor = cursor or StreamCursor()
        self._content_mode = content_mode
        self._counter = token_counter(tokenizer, semantics=semantics)
        self._semantics = semantics
        self._projects = ProjectResolver()
        self._state = StreamState()
        self._messages = EmittedIds(cursor.emitted_message_ids)
        self._tool_events = EmittedIds(cursor.emitted_tool_event_ids)
        self._last_event_id = cursor.last_event_id
        saved_indexes = cursor.next_tool_event_index_by_session
        self._next_index: dict[str, int | float] = {} if saved_indexes is UNSET else dict(saved_indexes)

    def ingest(self, payload: Any, event_id: str | None = None) -> StreamIncrement:
        """Take one event: any JSON value, and the id that the stream gave it.

        Raises `InvalidTime`, `InvalidProject` or `SpecialToken` when a session that fell idle cannot be read. What that
        call had found is then lost and not given again, but the turn that failed is tried again at the next one.
        """
        if event_id:
            self._last_event_id = event_id
        event = read_event(payload)
        found = StreamIncrement()
        if event is not None and (handle := _HANDLERS.get(event.type)):
            found = handle(self, event) or found
        found.cursor = self.snapshot_cursor()
        return found

    def snapshot_cursor(self) -> StreamCursor:
        """The cursor that a later ingestor goes on from."""
        return StreamCursor(
            emitted_message_ids=self._messages.in_order,
            emitted_tool_event_ids=self._tool_events.in_order,
            last_event_id=self._last_event_id,
            next_tool_event_index_by_session=dict(self._next_index) or UNSET,
        )

    def _session_created(self, event: BusEvent) -> None:
        session = self._state.put_session(event.properties.get("info"))
        if session is not None and session.id:
            self._state.own(session.id)

    def _session_updated(self, event: BusEvent) -> None:
        self._state.put_session(event.properties.get("info"))

    def _session_deleted(self, event: BusEvent) -> None:
        session_id = member(event.properties, "info").get("id")
        if not isinstance(session_id, str):
            session_id = event.properties.get("sessionID")
        if isinstance(session_id, str) and session_id:
            self._state.drop_session(session_id)

    def _message_updated(self, event: BusEvent) -> None:
        self._state.put_message(event.properties.get("info"))

    def _part_updated(self, event: BusEvent) -> None:
        self._state.put_part(event.properties.get("part"))

    def _part_removed(self, event: BusEvent) -> None:
        message_id, part_id = event.properties.get("messageID"), event.properties.get("partID")
        if not isinstance(message_id, str) or not isinstance(part_id, str) or not message_id or not part_id:
            return
        if self._state.owns(event.properties.get("sessionID")):
            self._state.remove_part(message_id, part_id)

    def _session_status(self, event: BusEvent) -> StreamIncrement | None:
        is_idle = "idle" in (event.properties.get("status"), member(event.properties, "status").get("type"))
        return self._session_idle(event) if is_idle else None

    def _session_idle(self, event: BusEvent) -> StreamIncrement | None:
        session_id: Any = event.properties.get("sessionID")
        if not self._state.owns(session_id):
            return None
        dialogue = self._state.dialogue(session_id)
        found = StreamIncrement(relationships=relationships_of(dialogue))
        self._add_tool_events(found, dialogue)
        for index, message in enumerate(dialogue.assistants):
            if message.id not in self._messages and _is_final(message, dialogue):
                self._add_turn(found, dialogue, index)
        return found

    def _add_tool_events(self, found: StreamIncrement, dialogue: Dialogue) -> None:
        # Nothing is remembered before the whole walk is done: a time that fails in it must not lose events.
        next_index: Any = self._next_index.get(dialogue.session.id, 0)  # a stored one may be a fraction
        for result in _finished_results(dialogue):
            if not self._tool_events.add(result.key):
                continue
            event = tool_result_event(
                result.message,
                result.part,
                result.ts,
                share=share_of(usage_of(result.message.tokens), result.results),
                results=result.results,
                call_index=result.call_index,
                event_index=next_index,
            )
            found.tool_result_events.append(event)
            next_index += 1
        if found.tool_result_events:
            self._next_index[dialogue.session.id] = next_index

    def _add_turn(self, found: StreamIncrement, dialogue: Dialogue, index: int) -> None:
        previous = dialogue.gap_before(index).previous
        told = dialogue.parts_of(previous).terminal if previous else []
        if user_turn := user_turn_before(dialogue, index, told, self._counter):
            found.user_turns.append(user_turn)
        turn = turn_of(dialogue, index, self._projects, semantics=self._semantics)
        found.turns.append(turn)
        self._messages.add(turn.message_id)
        if self._content_mode == "full":
            found.content.extend(content_of(dialogue, index))


_HANDLERS = {
    "session.created": OpencodeStreamIngestor._session_created,
    "session.updated": OpencodeStreamIngestor._session_updated,
    "session.deleted": OpencodeStreamIngestor._session_deleted,
    "session.idle": OpencodeStreamIngestor._session_idle,
    "session.status": OpencodeStreamIngestor._session_status,
    "message.updated": OpencodeStreamIngestor._message_updated,
    "message.part.updated": OpencodeStreamIngestor._part_updated,
    "message.part.removed": OpencodeStreamIngestor._part_removed,
}
"""What each type of event does; all other types do nothing."""


class EmittedIds:
    """Ids in the order in which they were first given, never forgotten."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._ids = dict.fromkeys(ids)
        self._in_order: list[str] | None = None

    def __contains__(self, item: str) -> bool:
        return item in self._ids

    def add(self, item: str) -> bool:
        """Remember an id; false when it was known."""
        if item in self._ids:
            return False
        self._ids[item] = None
        self._in_order = None
        return True

    @property
    def in_order(self) -> list[str]:
        """All ids. Made anew only after one was added, because every event is asked for it."""
        if self._in_order is None:
            self._in_order = list(self._ids)
        return self._in_order


def _is_final(message: Message, dialogue: Dialogue) -> bool:
    """True for an assistant message that will say no more: it has tokens, or a step of it has ended."""
    return message.tokens is not UNSET or dialogue.parts_of(message).finished


class FinishedResult(Struct, frozen=True):
    """A terminal tool part of a final message: one of its `results`, and the `call_index`th of its call."""

    message: Message
    ts: str
    part: ToolPart
    results: int
    call_index: int

    @property
    def key(self) -> str:
        """What the result is known by over all streams."""
        part_id = self.part.id
        part_key = part_id if isinstance(part_id, str) and part_id else self.call_index
        return f"{self.message.session_id}|{self.message.id}|{self.part.call_id}|{part_key}"


def _finished_results(dialogue: Dialogue) -> list[FinishedResult]:
    """The terminal tool parts of all final messages, in order. Raises `InvalidTime`."""
    results_of_call: Counter[str] = Counter()
    found: list[FinishedResult] = []
    for message in dialogue.assistants:
        if not _is_final(message, dialogue) or not (terminal := dialogue.parts_of(message).terminal):
            continue
        ts = iso(message.created)
        found += [
            FinishedResult(message, ts, part, len(terminal), call_index)
            for part, call_index in indexed_results(terminal, results_of_call)
        ]
    return found
