"""The turn between a `task_started` and its `task_complete`, while it is read and once it is closed.

In: what the lines of the turn say. Out: a `TurnRecord` (reader-codex.md 4, 5.7 and 6.1). Usage is the growth of the running
totals while the turn was open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET

from relayburn.jsjson import as_doubles
from relayburn.reader.classifier import classify_activity
from relayburn.reader.codex.spawns import Spawn
from relayburn.reader.codex.totals import Totals, growth
from relayburn.reader.fidelity import make_fidelity
from relayburn.reader.git import ProjectResolver
from relayburn.records import (
    ContentRecord,
    Coverage,
    OptionalText,
    SessionRelationshipRecord,
    ToolCall,
    ToolResultEventRecord,
    TurnRecord,
    Usage,
)

_CAPABILITIES = {
    "has_tool_calls": True,
    "has_tool_result_events": True,
    "has_session_relationships": True,
    "has_raw_content": True,
}
_UNOBSERVED = make_fidelity("per-turn", Coverage(**_CAPABILITIES))
_OBSERVED = make_fidelity(
    "per-turn",
    Coverage(
        **_CAPABILITIES,
        has_input_tokens=True,
        has_output_tokens=True,
        has_reasoning_tokens=True,
        has_cache_read_tokens=True,
    ),
)


@dataclass(slots=True)
class OpenTurn:
    """A turn that is being read. `start` is what the session had used before it."""

    turn_id: str
    ts: Any
    model: Any
    project: Any
    start: Totals
    user_texts: list[str]
    content: list[ContentRecord]
    assistant_texts: list[str] = field(default_factory=list)
    tool_calls: list[ToolCall] = field(default_factory=list)
    seen_call_ids: set[str] = field(default_factory=set)
    errored_ids: set[str] = field(default_factory=set)
    files_touched: dict[str, None] = field(default_factory=dict)
    events: list[ToolResultEventRecord] = field(default_factory=list)
    relationships: list[SessionRelationshipRecord] = field(default_factory=list)
    spawns: dict[str, Spawn] = field(default_factory=dict)
    usage_observed: bool = False

    def is_new_call(self, call_id: str) -> bool:
        """True the first time that the turn is asked about `call_id`: a call that is written again is none."""
        if call_id in self.seen_call_ids:
            return False
        self.seen_call_ids.add(call_id)
        return True

    def close(self, totals: Totals) -> ClosedTurn:
        """The turn as it ends when the session has used `totals`."""
        return ClosedTurn(self, growth(self.start, totals))


@dataclass(frozen=True, slots=True)
class ClosedTurn:
    """A turn that has ended, with the tokens it used; NaN and infinities are possible."""

    turn: OpenTurn
    used: Totals

    def record(self, index: int, session_id: str, session_path: OptionalText, projects: ProjectResolver) -> TurnRecord:
        """The record of turn `index` of this call. Raises `InvalidProject` when the log's directory is no text."""
        turn = self.turn
        project = UNSET if turn.project is UNSET else projects.resolve(turn.project)
        activity = classify_activity(
            turn.tool_calls,
            "\n".join([*turn.user_texts, *turn.assistant_texts]),
            any(call.id in turn.errored_ids for call in turn.tool_calls),
            self.used.reasoning,
        )
        return TurnRecord(
            source="codex",
            session_id=session_id,
            message_id=turn.turn_id,
            turn_index=index,
            ts=turn.ts,
            model=turn.model,
            usage=Usage(
                input=as_doubles(self.used.input),
                output=as_doubles(self.used.output),
                reasoning=as_doubles(self.used.reasoning),
                cache_read=as_doubles(self.used.cache_read),
            ),
            tool_calls=turn.tool_calls,
            session_path=session_path,
            project=project.project if project else UNSET,
            project_key=project.project_key if project else UNSET,
            files_touched=list(turn.files_touched) or UNSET,
            fidelity=_OBSERVED if turn.usage_observed else _UNOBSERVED,
            activity=activity.activity,
            retries=activity.retries,
            has_edits=activity.has_edits,
        )
