"""The records of an OpenCode event stream, appended as they come (reader-opencode-stream.md 9).

In: a home, the address of a stream, and its events one by one. Out: what they say, in the ledger, and the stream's cursor,
stored after each event. OpenCode's files hold the same sessions; what both say is in the ledger once.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from relayburn.errors import InvalidInput
from relayburn.ingest.candidate import Candidate
from relayburn.ingest.harvest import Wire, wires
from relayburn.ingest.pending_stamps import resolve_pending_stamps
from relayburn.ingest.sweep import Hear, stored_cursors
from relayburn.ledger.append import (
    append_relationships,
    append_tool_result_events,
    append_turns,
    append_user_turns,
)
from relayburn.ledger.config import load_config
from relayburn.ledger.content import append_content
from relayburn.ledger.cursors import save_changed_cursors
from relayburn.ledger.home import Home
from relayburn.reader.opencode_stream import OpencodeStreamIngestor, StreamCursor, load_cursor
from relayburn.records import TurnRecord, to_wire
from relayburn.semantics import Semantics

_KIND = "opencode-stream"


class StreamIngest:
    """Appends what the stream at `address` tells; `address` is as the user wrote it. Raises `UnsupportedStorage`."""

    def __init__(self, home: Home, address: str, *, global_events: bool, log: Hear, semantics: Semantics) -> None:
        self._home = home
        self._log = log
        self._semantics = semantics
        self._key = f"{_KIND}:{address}:{'global' if global_events else 'project'}"
        self._stored = stored_cursors(home).get(self._key)
        cursor = _cursor_of(self._stored)
        self._ingestor = OpencodeStreamIngestor(
            content_mode=load_config(home, log).store, cursor=cursor, semantics=semantics
        )
        last = cursor.last_event_id
        self.last_event_id = last if isinstance(last, str) else None

    def take(self, payload: Any, event_id: str | None) -> int:
        """Append what one event tells; how many turns that was. Raises what reading and appending raise."""
        found = self._ingestor.ingest(payload, event_id)
        self._resolve_stamps(found.turns)
        if found.turns:
            append_turns(self._home, wires(found.turns), semantics=self._semantics)
        if found.content:
            append_content(self._home, wires(found.content), self._log, semantics=self._semantics)
        if found.relationships:
            append_relationships(self._home, wires(found.relationships), semantics=self._semantics)
        if found.tool_result_events:
            append_tool_result_events(self._home, wires(found.tool_result_events), semantics=self._semantics)
        if found.user_turns:
            append_user_turns(self._home, wires(found.user_turns), semantics=self._semantics)
        self._store({"kind": _KIND, **to_wire(found.cursor)})
        return len(found.turns)

    def _resolve_stamps(self, turns: Sequence[TurnRecord]) -> None:
        projects: dict[str, Any] = {}
        for turn in turns:
            projects.setdefault(turn.session_id, turn.project)
        for session_id, project in projects.items():
            cwd = project if isinstance(project, str) else None
            candidate = Candidate("opencode", session_id, mtime_ms=self._home.clock(), cwd=cwd)
            resolve_pending_stamps(self._home, candidate, semantics=self._semantics)

    def _store(self, cursor: Wire) -> None:
        before = {} if self._stored is None else {self._key: self._stored}
        save_changed_cursors(self._home, before, {self._key: cursor}, semantics=self._semantics)
        self._stored = cursor


def _cursor_of(stored: Any) -> StreamCursor:
    """The cursor that is stored; an empty one where it is another's or damaged."""
    if isinstance(stored, dict) and stored.get("kind") == _KIND:
        with suppress(InvalidInput):
            return load_cursor(stored)
    return StreamCursor()
