"""What a caller asks of the Claude reader and what it gets (reader-claude.md 2 and 9.1)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, Struct, UnsetType

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


class ClaudeOptions(Struct, frozen=True, kw_only=True):
    """How to read one log.

    `session_path` is copied into the turns and never opened. `content_mode` other than `full` makes no content
    records. `start_offset` (bytes) and `last_user_text` are for the incremental parse only. `on_bad_line` is told of each
    line, from `start_offset` on, that cannot be read.
    """

    session_path: str | UnsetType = UNSET
    file_session_id: str | UnsetType = UNSET
    content_mode: str = "off"
    tokenizer: Any = UNSET
    start_offset: int = 0
    last_user_text: str = ""
    on_bad_line: BadLine = pass_over

    @property
    def session_id_of_file(self) -> str | None:
        """The session id the file stands for, by its own option or by the name in `session_path`."""
        if isinstance(self.file_session_id, str) and self.file_session_id:
            return self.file_session_id
        if not isinstance(self.session_path, str) or self.session_path == ".jsonl":
            return None
        name = self.session_path.rstrip("/").rpartition("/")[2]
        return (name if name == ".jsonl" else name.removesuffix(".jsonl")) or None


class Evidence(Record, kw_only=True):
    """What one file says of its session's links, for `reconcile_claude_session_relationships`."""

    in_log_session_ids: list[str]
    seen_uuids: list[str]
    has_resume_marker: bool
    file_session_id: str | UnsetType = UNSET
    first_ts: str | UnsetType = UNSET
    source_version: str | UnsetType = UNSET
    first_parent_uuid: str | UnsetType = UNSET
    resume_target_session_id: str | UnsetType = UNSET
    explicit_continuation_target_session_ids: list[str] | UnsetType = UNSET
    explicit_fork_target_session_ids: list[str] | UnsetType = UNSET


class ClaudeSession(Record, kw_only=True):
    """Everything one parse found; all lists in the order of reader-claude.md 11."""

    turns: list[TurnRecord]
    content: list[ContentRecord]
    events: list[CompactionEvent]
    relationships: list[SessionRelationshipRecord]
    tool_result_events: list[ToolResultEventRecord]
    user_turns: list[UserTurnRecord]
    evidence: Evidence


class ClaudeIncrement(ClaudeSession, kw_only=True):
    """One incremental parse: `end_offset` (bytes) and `last_user_text` are for the next call."""

    end_offset: int
    last_user_text: str
