"""Faults of the OpenCode event-stream reader."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

AREA = "opencode-stream"
BY_HAND = "current"
"""The area of the recordings that were derived by hand, of which some tell what no other does."""
INGESTOR = ("relayburn.reader.opencode_stream.create_opencode_stream_ingestor",)
SSE = ("relayburn.reader.opencode_stream.parse_sse_event", "relayburn.reader.opencode_stream.split_sse_frames")
HINTS = ("relayburn.reader.opencode_stream.is_opencode_ingest_hint",)
URL = ("relayburn.reader.opencode_stream.resolve_opencode_event_url",)
HEADERS = ("relayburn.reader.opencode_stream.build_opencode_event_headers",)
STREAM = (
    "relayburn.reader.opencode_stream.consume_opencode_event_stream",
    "relayburn.reader.opencode_stream.start_opencode_event_stream",
)


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...] = INGESTOR, area: str = AREA) -> Fault:
    return Fault(
        f"opencode stream: {name}", f"relayburn.reader.opencode_stream.{module}", change, protocols, areas=(area,)
    )


FAULTS = (
    _in(
        "ingestor",
        "a message is given at every idle",
        Rewrite(
            "if message.id not in self._messages and _is_final(message, dialogue):", "if _is_final(message, dialogue):"
        ),
    ),
    _in(
        "ingestor",
        "a message that is still written is given",
        Rewrite(
            "    return message.tokens is not UNSET or dialogue.parts_of(message).finished\n",
            "    return True\n",
        ),
    ),
    _in(
        "ingestor",
        "a message without tokens is not final though its step has ended",
        Rewrite(
            "    return message.tokens is not UNSET or dialogue.parts_of(message).finished\n",
            "    return message.tokens is not UNSET\n",
        ),
    ),
    _in(
        "ingestor",
        "sessions that began before the stream are followed",
        Rewrite(
            '    def _session_updated(self, event: BusEvent) -> None:\n        self._state.put_session(event.properties.get("info"))\n',
            "    def _session_updated(self, event: BusEvent) -> None:\n        self._session_created(event)\n",
        ),
    ),
    _in(
        "ingestor",
        "events are numbered anew in every stream",
        Rewrite("{} if saved_indexes is UNSET else dict(saved_indexes)", "{}"),
    ),
    _in(
        "ingestor",
        "events are numbered anew at every idle",
        Rewrite("next_index: Any = self._next_index.get(dialogue.session.id, 0)", "next_index: Any = 0"),
    ),
    _in(
        "ingestor",
        "results given by an earlier stream are given again",
        Rewrite("EmittedIds(cursor.emitted_tool_event_ids)", "EmittedIds(())"),
    ),
    _in(
        "ingestor",
        "only events that mean something move the cursor",
        Rewrite(
            "        if event_id:\n            self._last_event_id = event_id\n        event = read_event(payload)\n",
            "        event = read_event(payload)\n        if event_id and event is not None:\n            self._last_event_id = event_id\n",
        ),
    ),
    _in(
        "ingestor",
        "an idle that is told as an object is not heard",
        Rewrite(
            '"idle" in (event.properties.get("status"), member(event.properties, "status").get("type"))',
            'event.properties.get("status") == "idle"',
        ),
    ),
    _in(
        "ingestor",
        "a result is known by its place, not by its part",
        Rewrite(
            "part_key = part_id if isinstance(part_id, str) and part_id else self.call_index",
            "part_key = self.call_index",
        ),
    ),
    _in(
        "ingestor",
        "tool outputs of an empty call id are told",
        Rewrite(
            "dialogue.parts_of(previous).terminal if previous", "dialogue.parts_of(previous).with_output if previous"
        ),
        area=BY_HAND,
    ),
    _in(
        "state",
        "an update of a session keeps what it does not tell",
        Rewrite(
            "            self._sessions[session.id] = session\n",
            "            known = self._sessions.get(session.id, session)\n"
            "            self._sessions[session.id] = SessionInfo(\n"
            "                session.id, session.parent_id or known.parent_id, session.directory or known.directory\n"
            "            )\n",
        ),
    ),
    _in(
        "state",
        "an update of a message moves it to the end",
        Rewrite(
            "            self._messages[message.id] = message\n",
            "            self._messages.pop(message.id, None)\n            self._messages[message.id] = message\n",
        ),
    ),
    _in(
        "state",
        "the parts of a deleted session stay",
        Rewrite("            self._buckets.pop(message_id, None)\n", ""),
    ),
    _in(
        "state",
        "a deleted session is still followed",
        Rewrite("        self._owned.discard(session_id)\n", ""),
    ),
    _in(
        "state",
        "parts that come before their message are lost",
        Rewrite("        if isinstance(message_id, str):\n", "        if message_id in self._messages:\n"),
    ),
    _in(
        "state",
        "a part without an id replaces all others",
        Rewrite("{utf16_length(compact(part))}", "{0}"),
    ),
    _in(
        "events",
        "the outer event wins over the one it wraps",
        Rewrite(
            'while isinstance(payload, dict) and isinstance(payload.get("payload"), dict | list):',
            'while isinstance(payload, dict) and "type" not in payload and isinstance(payload.get("payload"), dict | list):',
        ),
    ),
    _in(
        "events",
        "hints are looked for in the inner event first",
        Rewrite(
            'kind = outer if isinstance(outer, str) else member(payload, "payload").get("type")',
            'kind = member(payload, "payload").get("type", outer)',
        ),
        HINTS,
    ),
    _in(
        "cursor",
        "the last id of a session tells where its numbers stand",
        Rewrite(
            "indexes[session_id] = max(indexes.get(session_id, 0), normalize(used + 1))",
            "indexes[session_id] = normalize(used + 1)",
        ),
    ),
    _in(
        "cursor",
        "numbers that are saved as null are derived",
        Rewrite(
            'if "nextToolEventIndexBySession" in stored:', 'if stored.get("nextToolEventIndexBySession") is not None:'
        ),
    ),
    _in(
        "sse",
        "all blanks before a value are cut",
        Rewrite('value = value.removeprefix(" ")', "value = value.lstrip()"),
        SSE,
    ),
    _in("sse", "only the last line of data counts", Rewrite('data="\\n".join(data)', "data=data[-1]"), SSE),
    _in("sse", "an event needs no data", Rewrite("    if not data:\n        return None\n", ""), SSE),
    _in(
        "sse",
        "a lone carriage return ends a line",
        Rewrite('_LINE_END = re.compile(r"\\r?\\n")', '_LINE_END = re.compile(r"\\r\\n?|\\n")'),
        SSE,
    ),
    _in(
        "sse",
        "the last frame needs a blank line",
        Rewrite("        return rest if trim(rest) else None\n", "        return None\n"),
        STREAM,
    ),
    _in(
        "sse",
        "a byte order mark is part of the first field",
        Rewrite("            return text.removeprefix(_BYTE_ORDER_MARK)\n", "            return text\n"),
        STREAM,
        BY_HAND,
    ),
    _in(
        "consume",
        "every event wakes ingest",
        Rewrite("        if is_opencode_ingest_hint(payload):\n", "        if payload:\n"),
        STREAM,
    ),
    _in(
        "consume",
        "an event whose data is no JSON is dropped",
        Rewrite("    except ValueError:\n        return data\n", "    except ValueError:\n        return None\n"),
        STREAM,
    ),
    _in(
        "background",
        "the end of a stream is told to nobody",
        Rewrite("            if not self._stopped:\n", "            if self._stopped:\n"),
        STREAM,
    ),
    _in(
        "address",
        "any path is replaced",
        Rewrite('    if url.pathname in ("", "/"):\n', "    if url.pathname:\n"),
        URL,
    ),
    _in(
        "address",
        "an empty user is kept",
        Rewrite(
            'env.get("OPENCODE_SERVER_USERNAME") or DEFAULT_USER', 'env.get("OPENCODE_SERVER_USERNAME", DEFAULT_USER)'
        ),
        HEADERS,
    ),
    _in(
        "address",
        "an empty event id is sent",
        Rewrite("    if last_event_id:\n", "    if last_event_id is not None:\n"),
        HEADERS,
    ),
    _in("address", "the project's events are elsewhere", Misspell("PROJECT_PATH"), URL),
    _in("address", "the events of all projects are elsewhere", Misspell("GLOBAL_PATH"), URL),
    _in("address", "the default server is elsewhere", Misspell("DEFAULT_SERVER_URL"), URL),
    _in("address", "the default user has another name", Misspell("DEFAULT_USER"), HEADERS),
    _in("address", "the last event is told under another name", Misspell("build_opencode_event_headers", 2), HEADERS),
    _in("events", "a message wakes nobody", Drop("_VERSIONED_HINTS", 0), HINTS),
    _in("events", "a removed part wakes nobody", Drop("_VERSIONED_HINTS", 2), HINTS),
    _in("events", "a deleted session wakes nobody", Drop("_VERSIONED_HINTS", 5), HINTS),
    _in("events", "events with a version wake nobody", Drop("INGEST_HINTS", 1), HINTS),
    _in("events", "an idle session wakes nobody", Drop("INGEST_HINTS", 2), HINTS),
    _in("events", "a compaction wakes nobody", Drop("INGEST_HINTS", 3), HINTS),
    _in("events", "a status wakes nobody", Drop("INGEST_HINTS", 4), HINTS),
    _in("events", "an event's properties are not found", Misspell("read_event", 3)),
    _in("ingestor", "updates of sessions are not heard", Drop("_HANDLERS", 1)),
    _in("ingestor", "deletions are not heard", Drop("_HANDLERS", 2)),
    _in("ingestor", "a status is not heard", Drop("_HANDLERS", 4)),
    _in("ingestor", "removed parts stay", Drop("_HANDLERS", 7)),
    _in("ingestor", "events are numbered from one", Shift("OpencodeStreamIngestor._add_tool_events", 0)),
    _in("ingestor", "event numbers skip", Shift("OpencodeStreamIngestor._add_tool_events", 1)),
    _in("ingestor", "results are known under other keys", Misspell("FinishedResult.key")),
    _in(
        "ingestor",
        "a deletion without the session's info is not heard",
        Misspell("OpencodeStreamIngestor._session_deleted", 2),
    ),
    _in("ingestor", "content is never given", Misspell("OpencodeStreamIngestor._add_turn")),
    _in("ingestor", "what is new is known", Flip("EmittedIds.add")),
    _in("cursor", "a saved index of 0 is lost", Shift("_saved_indexes")),
    _in("cursor", "a number is skipped at every start", Shift("_derived_indexes", 3)),
    _in("cursor", "the index of a session with one result is not derived", Flip("_derived_indexes"), area=BY_HAND),
    _in("cursor", "messages given by an earlier stream are forgotten", Misspell("load_cursor", 3)),
    _in("cursor", "where an earlier stream ended is forgotten", Misspell("load_cursor", 4)),
    _in("consume", "an event counts twice", Shift("_Delivery.deliver", 0), STREAM),
    _in("consume", "a wakeup counts twice", Shift("_Delivery.deliver", 1), STREAM),
    _in("sse", "lines of data run into one", Misspell("parse_sse_event", 4), SSE),
    _in("sse", "the type of an event is lost", Misspell("parse_sse_event", 5), SSE),
    _in("sse", "the id of an event is lost", Misspell("parse_sse_event", 6), SSE),
    _in("sse", "another sign is the byte order mark", Misspell("_BYTE_ORDER_MARK"), STREAM, BY_HAND),
    _in("state", "a removed part is still seen", Flip("PartBucket.remove"), area=BY_HAND),
    _in("state", "messages of other sessions are kept", Flip("StreamState.put_message", 1)),
    _in("state", "the messages of a deleted session stay", Flip("StreamState.drop_session", 2)),
)
