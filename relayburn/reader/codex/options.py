"""What a caller asks of the Codex reader and what it gets (reader-codex.md 1)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from relayburn.reader.codex.resume import CodexResume
from relayburn.reader.lines import BadLine, pass_over
from relayburn.records import (
    CompactionEvent,
    ContentRecord,
    Record,
    SessionRelationshipRecord,
    ToolResultEventRecord,
    TurnRecord,
    UserTurnRecord,
)


class CodexOptions(Struct, frozen=True, kw_only=True):
    """How to read one log.

    `session_path` is copied into the turns and never opened. `content_mode` other than `full` makes no content
    records. `start_offset` (bytes) and `resume` say where an earlier call ended; the full parse starts at 0.
    `on_bad_line` is told of each line that cannot be read.
    """

    session_path: str | UnsetType = UNSET
    content_mode: str = "off"
    tokenizer: Any = UNSET
    start_offset: int = 0
    resume: CodexResume | UnsetType = UNSET
    on_bad_line: BadLine = pass_over


class CodexSession(Record, kw_only=True):
    """Everything one parse found; all lists in the order of reader-codex.md 6.4."""

    turns: list[TurnRecord]
    content: list[ContentRecord]
    events: list[CompactionEvent]
    user_turns: list[UserTurnRecord]
    relationships: list[SessionRelationshipRecord]
    tool_result_events: list[ToolResultEventRecord]


class CodexIncrement(CodexSession, kw_only=True):
    """One incremental parse: `end_offset` (bytes) and `resume` are for the next call."""

    end_offset: int
    resume: CodexResume
