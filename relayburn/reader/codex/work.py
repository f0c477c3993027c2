"""The working state of one parse, and what of it is committed.

Results count only once the turn they belong to is complete: a matching `task_complete` commits everything found so far
together with the end of its line. What comes after the last commit is dropped and read again by the next call
(reader-codex.md 4).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from msgspec import UNSET, UnsetType

from relayburn.jsjson import as_doubles, truthy
from relayburn.reader.codex.entries import Line, TokenUsage
from relayburn.reader.codex.open_turn import ClosedTurn, OpenTurn
from relayburn.reader.codex.resume import CodexResume, LastCompletedTurn, UserTurnSlot
from relayburn.reader.codex.totals import Totals, in_json, running_totals, with_zeros
from relayburn.reader.user_turn import TokenCounter
from relayburn.records import (
    CompactionEvent,
    ContentRecord,
    ContentToolResult,
    ContentToolUse,
    OptionalText,
    SessionRelationshipRecord,
    ToolResultEventRecord,
    UserTurnBlock,
    UserTurnRecord,
)

V = TypeVar("V")


@dataclass(slots=True)
class Found:
    """Results in queue order."""

    turns: list[ClosedTurn] = field(default_factory=list)
    user_turns: list[UserTurnRecord] = field(default_factory=list)
    events: list[CompactionEvent] = field(default_factory=list)
    relationships: list[SessionRelationshipRecord] = field(default_factory=list)
    tool_result_events: list[ToolResultEventRecord] = field(default_factory=list)

    def take(self, other: Found) -> None:
        """Move everything of `other` to the end of this."""
        self.turns += other.turns
        self.user_turns += other.user_turns
        self.events += other.events
        self.relationships += other.relationships
        self.tool_result_events += other.tool_result_events


@dataclass(slots=True)
class GrowingMap(Generic[V]):
    """A map that grows with the session, as committed part and news: a commit costs no more than what is new."""

    committed: dict[str, V]
    news: dict[str, V] = field(default_factory=dict)

    def get(self, key: str) -> V | None:
        """The value of `key`, committed or not."""
        value = self.news.get(key)
        return self.committed.get(key) if value is None else value

    def commit(self) -> None:
        """Make the news part of what is committed."""
        self.committed.update(self.news)
        self.news.clear()


class Work:
    """What the handlers of lines read and change.

    `turn` is the open turn; `pending_texts` and `pending_content` are the user's and belong to the next one. `line_end` is
    the absolute offset behind the line being read. `committed`, `resume` and `end_offset` are as of the last commit.
    """

    __slots__ = (
        "_totals",
        "_unread_usage",
        "call_counts",
        "committed",
        "contexts",
        "counter",
        "end_offset",
        "found",
        "keeps_content",
        "last_completed",
        "line_end",
        "meta_keys",
        "next_event_index",
        "pending_content",
        "pending_texts",
        "resume",
        "root_emitted",
        "session_cwd",
        "session_id",
        "slot",
        "turn",
    )

    def __init__(self, resume: CodexResume, end_offset: int, counter: TokenCounter, *, keeps_content: bool) -> None:
        self.counter = counter
        self.keeps_content = keeps_content
        self.session_id: str = resume.session_id
        self.session_cwd: str | UnsetType = resume.session_cwd
        self._totals = with_zeros(resume.cumulative)
        self._unread_usage: TokenUsage | None = None
        self.slot = _copy_of_slot(resume.user_turn_slot)
        self.root_emitted: bool = resume.root_session_emitted is True
        self.next_event_index: int = resume.next_event_index
        self.last_completed: LastCompletedTurn | UnsetType = resume.last_completed_turn
        self.meta_keys = dict.fromkeys(resume.session_meta_relationship_keys)
        self.contexts: GrowingMap[dict[str, Any]] = GrowingMap(dict(resume.turn_contexts))
        self.call_counts: GrowingMap[int] = GrowingMap(dict(resume.tool_result_counters))
        self.turn: OpenTurn | None = None
        self.pending_texts: list[str] = []
        self.pending_content: list[ContentRecord] = []
        self.line_end = end_offset
        self.found = Found()
        self.committed = Found()
        self.commit()

    @property
    def totals(self) -> Totals:
        """What the session has used so far."""
        if self._unread_usage is not None:
            self._totals = running_totals(self._unread_usage)
            self._unread_usage = None
        return self._totals

    def replace_totals(self, usage: TokenUsage) -> None:
        """Take new running totals. Most are replaced again before a turn starts or ends, so they are read only then."""
        self._unread_usage = usage

    def commit(self) -> None:
        """Make the work up to the end of this line what the call returns."""
        self.committed.take(self.found)
        self.found = Found()
        self.contexts.commit()
        self.call_counts.commit()
        self.end_offset = self.line_end
        self.resume = CodexResume(
            cumulative=self.totals,
            session_id=self.session_id,
            session_cwd=self.session_cwd,
            turn_contexts=self.contexts.committed,
            user_turn_slot=_copy_of_slot(self.slot),
            root_session_emitted=self.root_emitted,
            session_meta_relationship_keys=list(self.meta_keys),
            next_event_index=self.next_event_index,
            tool_result_counters=self.call_counts.committed,
            last_completed_turn=self.last_completed,
        )

    def resume_in_json(self) -> CodexResume:
        """The committed state for the next call; what the log gave unchecked, with numbers as JSON can hold them."""
        self.resume.cumulative = in_json(self.resume.cumulative)
        as_doubles(self.resume.turn_contexts)
        return self.resume

    def add_block(self, block: UserTurnBlock, line: Line) -> None:
        """Put a block of the user's side into the slot of the next turn."""
        slot = self.slot
        slot.blocks.append(block)
        if not truthy(slot.ts) and truthy(line.timestamp):
            slot.ts = line.time

    def add_content(
        self,
        line: Line,
        role: str,
        kind: str,
        *,
        text: OptionalText = UNSET,
        tool_use: ContentToolUse | UnsetType = UNSET,
        tool_result: ContentToolResult | UnsetType = UNSET,
    ) -> None:
        """Add a content record to the open turn, or keep it for the next one, which then gives it its message id."""
        turn = self.turn
        record = ContentRecord(
            source="codex",
            session_id=self.session_id,
            message_id="" if turn is None else turn.turn_id,
            ts=line.time,
            role=role,
            kind=kind,
            text=text,
            tool_use=tool_use,
            tool_result=tool_result,
        )
        (self.pending_content if turn is None else turn.content).append(record)

    def add_event(self, line: Line, call_id: str, status: str, source: str) -> ToolResultEventRecord:
        """Add the next event of a call to the open turn, or outside of one straight to the queue."""
        turn = self.turn
        event_index = self.next_event_index
        self.next_event_index = event_index + 1
        call_index = self.call_counts.get(call_id) or 0
        self.call_counts.news[call_id] = call_index + 1
        event = ToolResultEventRecord(
            source="codex",
            session_id=self.session_id,
            message_id=UNSET if turn is None else turn.turn_id,
            tool_use_id=call_id,
            call_index=call_index,
            event_index=event_index,
            ts=line.optional_time,
            status=status,
            event_source=source,
            is_error=True if status == "errored" else UNSET,
        )
        (self.found.tool_result_events if turn is None else turn.events).append(event)
        return event


def _copy_of_slot(slot: UserTurnSlot) -> UserTurnSlot:
    return UserTurnSlot(blocks=list(slot.blocks), ts=slot.ts, preceding_message_id=slot.preceding_message_id)
