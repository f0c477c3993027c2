"""Reading what is new in a Claude Code log (ingest.md 3.1).

In: a log's path, its stored cursor and how contents are kept. Out: a `ClaudeTask`, or nothing to do; the task gives the
harvest with the log's next cursor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from msgspec import UNSET, UnsetType

from relayburn.ingest.cursors import ClaudeCursor, is_rotated, settled
from relayburn.ingest.file_state import FileState, file_state
from relayburn.ingest.harvest import Harvest, Settled, session_key, wires
from relayburn.reader.claude import ClaudeIncrement, ClaudeOptions, ClaudeSession
from relayburn.reader.lines import BadLine
from relayburn.semantics import Semantics


@dataclass(frozen=True, slots=True)
class ClaudeTask:
    """One Claude Code log, to be read from `start` (bytes) on."""

    path: str
    state: FileState
    start: int
    last_user_text: str
    content_mode: str
    semantics: Semantics

    @property
    def weight(self) -> int:
        """How many bytes are new."""
        return self.state.size - self.start

    def read(self) -> Harvest:
        """What is new in the log. Raises what its reader raises."""
        bad_lines: list[bytes] = []
        found = self.parse(bad_lines.append)
        harvest = harvest_of_claude(self.path, found, self.cursor_after(found))
        return replace(harvest, bad_lines=len(bad_lines))

    def parse(self, on_bad_line: BadLine, *, file_session_id: str | UnsetType = UNSET) -> ClaudeIncrement:
        """The records that are new in the log; its session is `file_session_id`, or the one that it is named for."""
        from relayburn.reader.claude import parse_claude_session_incremental

        options = ClaudeOptions(
            session_path=self.path,
            file_session_id=file_session_id,
            content_mode=self.content_mode,
            start_offset=self.start,
            last_user_text=self.last_user_text,
            on_bad_line=on_bad_line,
        )
        return parse_claude_session_incremental(self.path, options, semantics=self.semantics)

    def cursor_after(self, found: ClaudeIncrement) -> ClaudeCursor:
        """Where the next pass goes on."""
        size = self.state.size if self.semantics.last_record_wins else None
        return ClaudeCursor(self.state.inode, found.end_offset, self.state.mtime_ms, found.last_user_text, size)


def plan_claude(path: str, stored: Any, content_mode: str, semantics: Semantics) -> ClaudeTask | Settled:
    """What is to be done about the log at `path`. Raises `LogUnreadable`."""
    state = file_state(path)
    cursor = ClaudeCursor.of_wire(stored)
    if cursor is None or is_rotated(cursor, state):
        return ClaudeTask(path, state, 0, "", content_mode, semantics)
    task = ClaudeTask(path, state, cursor.offset_bytes, cursor.last_user_text, content_mode, semantics)
    return settled(path, stored, cursor, state) or task


def harvest_of_claude(path: str, found: ClaudeSession, cursor: ClaudeCursor) -> Harvest:
    """The harvest of a parse."""
    first = next(iter(found.turns), None) or next(iter(found.content), None)
    return Harvest(
        path=path,
        session_id="" if first is None else session_key(first.session_id),
        cursor=cursor.to_wire(),
        turns=wires(found.turns),
        content=wires(found.content),
        compactions=wires(found.events),
        relationships=wires(found.relationships),
        tool_result_events=wires(found.tool_result_events),
        user_turns=wires(found.user_turns),
        evidence=found.evidence,
    )
