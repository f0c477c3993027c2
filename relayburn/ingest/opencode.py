"""Reading what is new in an OpenCode session (ingest.md 3.3).

In: a session file's path, its stored cursor and how contents are kept. Out: an `OpencodeTask`, or nothing to do; the task
gives the harvest with the session's next cursor. A session changes when its message folder does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from relayburn.errors import LogUnreadable
from relayburn.ingest.cursors import OpencodeCursor
from relayburn.ingest.file_state import FileState, file_state
from relayburn.ingest.harvest import Harvest, Settled, wires
from relayburn.ingest.pending_stamps import Candidate
from relayburn.reader.opencode import OpencodeIncrement, OpencodeOptions, parse_opencode_session_incremental
from relayburn.semantics import Semantics

_USUAL_SESSION_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class OpencodeTask:
    """One session, of which `seen` messages were given before; `folder_mtime_ms` is its message folder's."""

    path: str
    state: FileState
    folder_mtime_ms: int | float
    seen: tuple[str, ...]
    content_mode: str
    semantics: Semantics

    @property
    def weight(self) -> int:
        """A guess: the files of its messages are not counted before they are read."""
        return _USUAL_SESSION_BYTES

    def read(self) -> Harvest:
        """What is new in the session. Raises what its reader raises."""
        options = OpencodeOptions(session_path=self.path, content_mode=self.content_mode, seen_message_ids=self.seen)
        found = parse_opencode_session_incremental(self.path, options, semantics=self.semantics)
        cursor = OpencodeCursor(self.state.inode, self.folder_mtime_ms, tuple(found.seen_message_ids))
        return Harvest(
            path=self.path,
            session_id=session_id_of_file(self.path),
            cursor=cursor.to_wire(),
            turns=wires(found.turns),
            content=wires(found.content),
            compactions=wires(found.events),
            relationships=wires(found.relationships),
            tool_result_events=wires(found.tool_result_events),
            user_turns=wires(found.user_turns),
            candidate=self._candidate(found),
        )

    def _candidate(self, found: OpencodeIncrement) -> Candidate | None:
        if not found.turns:
            return None
        project = found.turns[0].project
        return Candidate(
            harness="opencode",
            session_id=session_id_of_file(self.path),
            session_path=self.path,
            mtime_ms=max(self.state.mtime_ms, self.folder_mtime_ms),
            cwd=project if isinstance(project, str) else None,
        )


def plan_opencode(root: str, path: str, stored: Any, content_mode: str, semantics: Semantics) -> OpencodeTask | Settled:
    """What is to be done about the session in `path`, somewhere below `root`. Raises `LogUnreadable`."""
    try:
        folder = file_state(message_folder(root, path))
    except LogUnreadable:
        return Settled(path)
    state = file_state(path)
    cursor = OpencodeCursor.of_wire(stored)
    if cursor is None or cursor.inode != state.inode or folder.mtime_ms < cursor.mtime_ms:
        return OpencodeTask(path, state, folder.mtime_ms, (), content_mode, semantics)
    if folder.mtime_ms == cursor.mtime_ms:
        return Settled(path)
    return OpencodeTask(path, state, folder.mtime_ms, cursor.seen_message_ids, content_mode, semantics)


def session_id_of_file(path: str) -> str:
    """The session that a session file's name is for."""
    return PurePath(path).name.removesuffix(".json")


def message_folder(root: str, path: str) -> str:
    """Where the messages of a session lie: `storage/message/<id>`, beside the `storage/session` that is `root`."""
    return str(PurePath(root).with_name("message") / session_id_of_file(path))
