"""One OpenCode session, from its store to its records.

In: a session file (or any `SessionStore`) and options. Out: `OpencodeSession`, or `OpencodeIncrement`, whose
`seen_message_ids` is the whole state of a later call (reader-opencode.md 2, 5 and 9).
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct, field

from relayburn.reader.git import ProjectResolver
from relayburn.reader.opencode.compaction import compaction_at
from relayburn.reader.opencode.content import content_of
from relayburn.reader.opencode.dialogue import Dialogue, PartsOf
from relayburn.reader.opencode.message import Message, read_message, read_session
from relayburn.reader.opencode.parts import Parts, ToolPart, read_parts
from relayburn.reader.opencode.relationships import relationships_of
from relayburn.reader.opencode.storage import SessionStore, StorageTree
from relayburn.reader.opencode.tool_events import indexed_results, tool_result_event
from relayburn.reader.opencode.turns import turn_of
from relayburn.reader.opencode.usage import share_of
from relayburn.reader.opencode.user_turns import user_turn_before
from relayburn.reader.user_turn import token_counter
from relayburn.records import (
    UNSET,
    CompactionEvent,
    ContentRecord,
    Record,
    SessionRelationshipRecord,
    ToolResultEventRecord,
    TurnRecord,
    UnsetType,
    UserTurnRecord,
)
from relayburn.semantics import Semantics


class OpencodeOptions(Struct, frozen=True, kw_only=True):
    """How to read one session.

    `session_path` is copied into the turns and never opened. `content_mode` other than `full` makes no content
    records. `seen_message_ids` are those that an earlier call gave back; their messages are not given again.
    """

    session_path: str | UnsetType = UNSET
    content_mode: str = "off"
    tokenizer: Any = UNSET
    seen_message_ids: Iterable[str] = ()


class OpencodeSession(Record, kw_only=True):
    """Everything that one call found. `events` are compactions; assistant messages and users come in time order."""

    turns: list[TurnRecord] = field(default_factory=list)
    content: list[ContentRecord] = field(default_factory=list)
    events: list[CompactionEvent] = field(default_factory=list)
    user_turns: list[UserTurnRecord] = field(default_factory=list)
    relationships: list[SessionRelationshipRecord] = field(default_factory=list)
    tool_result_events: list[ToolResultEventRecord] = field(default_factory=list)


class OpencodeIncrement(OpencodeSession, kw_only=True):
    """One incremental call: `seen_message_ids` are for the next one, in the order in which they were first seen."""

    seen_message_ids: list[str] = field(default_factory=list)


def parse_opencode_session(
    session_file: str | os.PathLike[str], options: OpencodeOptions | None = None, *, semantics: Semantics
) -> OpencodeSession:
    """The records of the session in `session_file`, one of OpenCode's `storage/session/<scope>/<id>.json`.

    A file that is missing or holds no session gives empty lists. Raises `UnsupportedTokenizer`, `SpecialToken`,
    `InvalidTime`, `InvalidProject` or `NullPart`, each for the whole session (reader-opencode.md 13).
    """
    found = parse_opencode_session_incremental(session_file, options, semantics=semantics)
    return OpencodeSession(
        turns=found.turns,
        content=found.content,
        events=found.events,
        user_turns=found.user_turns,
        relationships=found.relationships,
        tool_result_events=found.tool_result_events,
    )


def parse_opencode_session_incremental(
    session_file: str | os.PathLike[str], options: OpencodeOptions | None = None, *, semantics: Semantics
) -> OpencodeIncrement:
    """What the session in `session_file` has beyond `options.seen_message_ids`. Raises as `parse_opencode_session`.

    A message is given once, as it is when it is first seen. Relationships are given by every call.
    """
    return parse_session_store(StorageTree(session_file), options or OpencodeOptions(), semantics=semantics)


def parse_session_store(store: SessionStore, options: OpencodeOptions, *, semantics: Semantics) -> OpencodeIncrement:
    """`parse_opencode_session_incremental` for a session that lies in any store."""
    seen = dict.fromkeys(options.seen_message_ids)
    session = read_session(store.session())
    if session is None:
        return OpencodeIncrement(seen_message_ids=list(seen))
    messages = [message for value in store.messages(session.id) if (message := _finite(read_message(value)))]
    counter = token_counter(options.tokenizer, semantics=semantics)
    dialogue = Dialogue(session, messages, _parts_of(store))
    projects = ProjectResolver()
    results_of_call: Counter[str] = Counter()
    found = OpencodeIncrement(relationships=relationships_of(dialogue))
    for index, message in enumerate(dialogue.assistants):
        if message.id in seen:
            continue
        previous = dialogue.gap_before(index).previous
        told = dialogue.parts_of(previous).with_output if previous else []
        if user_turn := user_turn_before(dialogue, index, told, counter):
            found.user_turns.append(user_turn)
        turn = turn_of(dialogue, index, projects, session_path=options.session_path, semantics=semantics)
        found.turns.append(turn)
        seen[message.id] = None
        terminal = dialogue.parts_of(message).terminal
        _add_tool_events(found.tool_result_events, message, terminal, turn, results_of_call)
        if options.content_mode == "full":
            found.content.extend(content_of(dialogue, index))
    for user in dialogue.users:
        if user.id not in seen and dialogue.parts_of(user).compacts:
            found.events.append(compaction_at(dialogue, user))
            seen[user.id] = None
    found.seen_message_ids = list(seen)
    return found


def _finite(message: Message | None) -> Message | None:
    return message if message and math.isfinite(message.created) else None


def _parts_of(store: SessionStore) -> PartsOf:
    """Reads the parts of each message once, and keeps no more of them than the session's order needs."""

    def load(message_id: str) -> Parts:
        return read_parts(list(store.parts(message_id)))

    # A prompt is asked for by every message that answers it; an assistant message by itself and the next one.
    of_user = cache(load)
    of_assistant = lru_cache(maxsize=2)(load)
    return lambda message: of_user(message.id) if message.role == "user" else of_assistant(message.id)


def _add_tool_events(
    events: list[ToolResultEventRecord],
    message: Message,
    terminal: list[ToolPart],
    turn: TurnRecord,
    results_of_call: Counter[str],
) -> None:
    if not terminal:
        return
    share = share_of(turn.usage, len(terminal))
    for part, call_index in indexed_results(terminal, results_of_call):
        event = tool_result_event(
            message,
            part,
            turn.ts,
            share=share,
            results=len(terminal),
            call_index=call_index,
            event_index=len(events),
        )
        events.append(event)
