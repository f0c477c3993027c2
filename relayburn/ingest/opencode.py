"""Reading what is new in an OpenCode session (ingest.md 3.3).

In: a session file's path, its stored cursor and how contents are kept. Out: a task, or nothing to do; the task gives the
harvest with the session's next cursor. The reference looks at the time of the message folder and never again at a message
that it has seen. OpenCode writes a message many times until it is finished, so under `last_record_wins` a session is read
again, whole, when any of its message files changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from relayburn.errors import LogUnreadable
from relayburn.ingest.candidate import Candidate
from relayburn.ingest.cursors import OpencodeCursor
from relayburn.ingest.discovery import message_files, message_folder
from relayburn.ingest.file_state import FileState, figures, file_state
from relayburn.ingest.harvest import Harvest, Settled, Wire, wires
from relayburn.reader.opencode import StorageTree
from relayburn.records import UNSET
from relayburn.semantics import Semantics

if TYPE_CHECKING:
    from relayburn.reader.opencode import OpencodeIncrement

_USUAL_SESSION_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class OpencodeTask:
    """One session, of which `seen` messages were given before.

    `folder_mtime_ms` is its message folder's; `messages` the state of its message files, None where only new messages
    are looked for.
    """

    path: str
    state: FileState
    folder_mtime_ms: int | float
    seen: tuple[str, ...]
    messages: str | None
    content_mode: str
    semantics: Semantics

    @property
    def weight(self) -> int:
        """A guess: the files of its messages are not counted before they are read."""
        return _USUAL_SESSION_BYTES

    def read(self) -> Harvest:
        """What is new in the session. Raises what its reader raises."""
        from relayburn.reader.opencode import OpencodeOptions, parse_session_store

        options = OpencodeOptions(session_path=self.path, content_mode=self.content_mode, seen_message_ids=self.seen)
        tree = StorageTree(self.path)
        found = parse_session_store(tree, options, semantics=self.semantics)
        if self.messages is not None:
            hold_back_unfinished(found)
        return Harvest(
            path=self.path,
            session_id=session_id_of_file(self.path),
            cursor=self._cursor_after(found),
            turns=wires(found.turns),
            content=wires(found.content),
            compactions=wires(found.events),
            relationships=wires(found.relationships),
            tool_result_events=wires(found.tool_result_events),
            user_turns=wires(found.user_turns),
            candidate=self._candidate(found),
            bad_lines=tree.unreadable,
        )

    def _cursor_after(self, found: OpencodeIncrement) -> Wire:
        cursor = OpencodeCursor(self.state.inode, self.folder_mtime_ms, tuple(found.seen_message_ids)).to_wire()
        return cursor if self.messages is None else cursor | {"messages": self.messages}

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
    folder_path = message_folder(root, path)
    try:
        folder = file_state(folder_path)
    except LogUnreadable:
        return Settled(path)
    state = file_state(path)
    if semantics.last_record_wins:
        messages = state_of_messages(folder_path)
        if OpencodeCursor.of_wire(stored) is not None and stored.get("messages") == messages:
            return Settled(path)
        return OpencodeTask(path, state, folder.mtime_ms, (), messages, content_mode, semantics)
    cursor = OpencodeCursor.of_wire(stored)
    if cursor is None or cursor.inode != state.inode or folder.mtime_ms < cursor.mtime_ms:
        return OpencodeTask(path, state, folder.mtime_ms, (), None, content_mode, semantics)
    if folder.mtime_ms == cursor.mtime_ms:
        return Settled(path)
    return OpencodeTask(path, state, folder.mtime_ms, cursor.seen_message_ids, None, content_mode, semantics)


def session_id_of_file(path: str) -> str:
    """The session that a session file's name is for."""
    return PurePath(path).name.removesuffix(".json")


def state_of_messages(folder: str) -> str:
    """A text that is another one when a message file in `folder` was added, removed or written to."""
    state = blake2b(digest_size=16)
    for path in message_files(folder):
        state.update(figures(path))
    return state.hexdigest()


def hold_back_unfinished(found: OpencodeIncrement) -> None:
    """Leave out what the last message says and what its calls gave, while it is being written.

    Its turn is given all the same: a newer one will replace it, which contents and results have no way to do.
    """
    if not found.turns or found.turns[-1].stop_reason is not UNSET:
        return
    last = found.turns[-1].message_id
    found.content = [record for record in found.content if record.message_id != last]
    found.tool_result_events = [event for event in found.tool_result_events if event.message_id != last]
