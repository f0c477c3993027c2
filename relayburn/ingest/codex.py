"""Reading what is new in a Codex rollout (ingest.md 3.2).

In: a rollout's path, its stored cursor and how contents are kept. Out: a `CodexTask`, or nothing to do; the task gives
the harvest with the rollout's next cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import UNSET, UnsetType

from relayburn.ingest.candidate import Candidate
from relayburn.ingest.codex_id import derive_codex_id
from relayburn.ingest.cursors import CodexCursor, is_rotated, settled
from relayburn.ingest.file_state import FileState, file_state
from relayburn.ingest.harvest import Harvest, Settled, wires
from relayburn.reader.codex import CodexIncrement, CodexOptions, CodexResume
from relayburn.semantics import Semantics


@dataclass(frozen=True, slots=True)
class CodexTask:
    """One rollout, to be read from `start` (bytes) on, with the state in which its reader ended there."""

    path: str
    state: FileState
    start: int
    resume: CodexResume | UnsetType
    content_mode: str
    semantics: Semantics

    @property
    def weight(self) -> int:
        """How many bytes are new."""
        return self.state.size - self.start

    def read(self) -> Harvest:
        """What is new in the rollout. Raises what its reader raises."""
        from relayburn.reader.codex import parse_codex_session_incremental

        bad_lines: list[bytes] = []
        options = CodexOptions(
            session_path=self.path,
            content_mode=self.content_mode,
            start_offset=self.start,
            resume=self.resume,
            on_bad_line=bad_lines.append,
        )
        found = parse_codex_session_incremental(self.path, options, semantics=self.semantics)
        size = self.state.size if self.semantics.last_record_wins else None
        cursor = CodexCursor(self.state.inode, found.end_offset, self.state.mtime_ms, found.resume, size)
        session_id = session_id_of_codex(self.path, found)
        return Harvest(
            path=self.path,
            session_id=session_id,
            cursor=cursor.to_wire(),
            turns=wires(found.turns),
            content=wires(found.content),
            compactions=wires(found.events),
            relationships=wires(found.relationships),
            tool_result_events=wires(found.tool_result_events),
            user_turns=wires(found.user_turns),
            candidate=self._candidate(found, session_id),
            bad_lines=len(bad_lines),
        )

    def _candidate(self, found: CodexIncrement, session_id: str) -> Candidate | None:
        if not found.turns or not session_id:
            return None
        cwd = found.resume.session_cwd
        if cwd is UNSET:
            cwd = found.turns[0].project
        return Candidate(
            harness="codex",
            session_id=session_id,
            session_path=self.path,
            mtime_ms=self.state.mtime_ms,
            cwd=cwd if isinstance(cwd, str) else None,
        )


def plan_codex(path: str, stored: Any, content_mode: str, semantics: Semantics) -> CodexTask | Settled:
    """What is to be done about the rollout at `path`. Raises `LogUnreadable`."""
    state = file_state(path)
    cursor = CodexCursor.of_wire(stored)
    if cursor is None or is_rotated(cursor, state):
        return CodexTask(path, state, 0, UNSET, content_mode, semantics)
    task = CodexTask(path, state, cursor.offset_bytes, cursor.resume, content_mode, semantics)
    return settled(path, stored, cursor, state) or task


def session_id_of_codex(path: str, found: CodexIncrement) -> str:
    """The session that the records are of; where none of them says, the one that the file's name or start gives."""
    told = (found.resume.session_id, *(record.session_id for record in (*found.turns[:1], *found.content[:1])))
    session_id = next((each for each in told if each), "")
    if not session_id and (found.turns or found.content):
        return derive_codex_id(path) or ""
    return session_id
