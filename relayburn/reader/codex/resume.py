"""What one incremental call leaves for the next (reader-codex.md 7).

In: the stored JSON object of an earlier call. Out: a `CodexResume`, whose wire form is that object again. Values that the
reader copies from the log unchecked may be of any JSON type.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from relayburn.errors import InvalidInput
from relayburn.reader.codex.totals import NOTHING_USED, Totals
from relayburn.records import OptionalText, Record, UserTurnBlock


class UserTurnSlot(Record, kw_only=True):
    """User blocks that wait for the next turn, and the turn they follow."""

    blocks: list[UserTurnBlock] = msgspec.field(default_factory=list)
    ts: Any = ""
    preceding_message_id: OptionalText = UNSET


class LastCompletedTurn(Struct, rename="camel", kw_only=True, frozen=True):
    """The last turn that was closed by its `task_complete`; `cache_read` in tokens of that turn alone."""

    message_id: str
    cache_read: Any = UNSET


class CodexResume(Record, kw_only=True):
    """The state at the last commit. `turn_contexts` holds whole `turn_context` payloads by turn id."""

    cumulative: Totals
    session_id: str
    session_cwd: OptionalText = UNSET
    turn_contexts: dict[str, dict[str, Any]]
    user_turn_slot: UserTurnSlot = msgspec.field(default_factory=UserTurnSlot)
    root_session_emitted: Any = False
    session_meta_relationship_keys: list[str] = msgspec.field(default_factory=list)
    next_event_index: int = 0
    tool_result_counters: dict[str, int] = msgspec.field(default_factory=dict)
    last_completed_turn: LastCompletedTurn | UnsetType = UNSET


def fresh_state() -> CodexResume:
    """The state before the first byte of a log."""
    return CodexResume(cumulative=NOTHING_USED, session_id="", turn_contexts={})


def resume_from_wire(wire: Any) -> CodexResume:
    """The state that a JSON object holds; optional keys may be missing (or null), unknown ones are dropped.

    Raises `InvalidInput` where `cumulative`, `sessionId` or `turnContexts` is missing or a key has a wrong type.
    """
    known = CodexResume.__struct_encode_fields__
    if isinstance(wire, dict):
        wire = {key: wire[key] for key in known if wire.get(key) is not None}
    try:
        state = msgspec.convert(wire, CodexResume)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise InvalidInput(f"not the resume state of a Codex log: {error}") from error
    state.root_session_emitted = state.root_session_emitted is True
    return state
