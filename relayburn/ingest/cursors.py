"""How far a session file was read, as the home stores it (ledger.md 8).

In: a stored JSON object, which may be of another kind or damaged. Out: a cursor, or None where the file has to be read
from its start; and back to JSON, optional keys only where they say something.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import msgspec

from relayburn.errors import InvalidInput
from relayburn.ingest.file_state import FileState
from relayburn.ingest.harvest import Settled
from relayburn.jsnum import is_number
from relayburn.reader.codex import CodexResume, resume_from_wire
from relayburn.records import to_wire

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ClaudeCursor:
    """A Claude Code log was read up to `offset_bytes`; `last_user_text` is the prompt in force there.

    `size_bytes` is how long the log was when it was read: under `last_record_wins` one that still is as it was is not read
    again, whatever its last line waits for. The reference does not keep it.
    """

    inode: int | float
    offset_bytes: int
    mtime_ms: int | float
    last_user_text: str = ""
    size_bytes: int | None = None

    @classmethod
    def of_wire(cls, wire: Any) -> ClaudeCursor | None:
        """The cursor that a stored object is."""
        if not _is_kind(wire, "claude", "inode", "offsetBytes", "mtimeMs"):
            return None
        text, size = wire.get("lastUserText"), wire.get("sizeBytes")
        return cls(
            wire["inode"],
            int(wire["offsetBytes"]),
            wire["mtimeMs"],
            text if isinstance(text, str) else "",
            size if type(size) is int else None,
        )

    def to_wire(self) -> Wire:
        """The cursor as it is stored."""
        wire = {"kind": "claude", "inode": self.inode, "offsetBytes": self.offset_bytes, "mtimeMs": self.mtime_ms}
        if self.last_user_text:
            wire["lastUserText"] = self.last_user_text
        return wire | _size(self.size_bytes)


@dataclass(frozen=True, slots=True)
class CodexCursor:
    """A rollout was read up to `offset_bytes`; `resume` is the state of its reader there, `size_bytes` as for Claude Code."""

    inode: int | float
    offset_bytes: int
    mtime_ms: int | float
    resume: CodexResume
    size_bytes: int | None = None

    @classmethod
    def of_wire(cls, wire: Any) -> CodexCursor | None:
        """The cursor that a stored object is."""
        if not _is_kind(wire, "codex", "inode", "offsetBytes", "mtimeMs"):
            return None
        try:
            resume = resume_from_wire({key: wire[key] for key in _RESUMED if key in wire})
        except InvalidInput:
            return None
        size = wire.get("sizeBytes")
        return cls(
            wire["inode"], int(wire["offsetBytes"]), wire["mtimeMs"], resume, size if type(size) is int else None
        )

    def to_wire(self) -> Wire:
        """The cursor as it is stored. The keys of relationships already given are not: dedupe absorbs repeats."""
        resume = to_wire(self.resume)
        if not resume["rootSessionEmitted"]:
            del resume["rootSessionEmitted"]
        if not resume["toolResultCounters"]:
            del resume["toolResultCounters"]
        wire = {"kind": "codex", "inode": self.inode, "offsetBytes": self.offset_bytes, "mtimeMs": self.mtime_ms}
        return wire | {key: resume[key] for key in _RESUMED if key in resume} | _size(self.size_bytes)


_RESUMED = (
    "cumulative",
    "sessionId",
    "turnContexts",
    "sessionCwd",
    "userTurnSlot",
    "rootSessionEmitted",
    "nextEventIndex",
    "toolResultCounters",
    "lastCompletedTurn",
)


@dataclass(frozen=True, slots=True)
class OpencodeCursor:
    """The messages of an OpenCode session that were given; `mtime_ms` is that of its message folder."""

    inode: int | float
    mtime_ms: int | float
    seen_message_ids: tuple[str, ...]

    @classmethod
    def of_wire(cls, wire: Any) -> OpencodeCursor | None:
        """The cursor that a stored object is."""
        if not _is_kind(wire, "opencode", "inode", "mtimeMs"):
            return None
        try:
            seen = msgspec.convert(wire.get("seenMessageIds", ()), tuple[str, ...])
        except msgspec.ValidationError:
            return None
        return cls(wire["inode"], wire["mtimeMs"], seen)

    def to_wire(self) -> Wire:
        """The cursor as it is stored."""
        return {
            "kind": "opencode",
            "inode": self.inode,
            "mtimeMs": self.mtime_ms,
            "seenMessageIds": list(self.seen_message_ids),
        }


def settled(path: str, stored: Wire, cursor: ClaudeCursor | CodexCursor, state: FileState) -> Settled | None:
    """What is to be stored for a file that gives nothing new; None where it may."""
    if cursor.mtime_ms == state.mtime_ms and cursor.size_bytes == state.size:
        return Settled(path)
    if cursor.offset_bytes < state.size:
        return None
    return Settled(path, None if cursor.mtime_ms == state.mtime_ms else stored | {"mtimeMs": state.mtime_ms})


def is_rotated(cursor: ClaudeCursor | CodexCursor | None, state: FileState) -> bool:
    """Whether the file is another than the one that was read, or was rewritten, so that it is read from its start."""
    if cursor is None or cursor.inode != state.inode:
        return True
    return state.mtime_ms < cursor.mtime_ms or state.size < cursor.offset_bytes


def _size(size_bytes: int | None) -> Wire:
    return {} if size_bytes is None else {"sizeBytes": size_bytes}


def _is_kind(wire: Any, kind: str, *numbers: str) -> bool:
    return isinstance(wire, dict) and wire.get("kind") == kind and all(_is_finite(wire.get(name)) for name in numbers)


def _is_finite(value: Any) -> bool:
    return is_number(value) and math.isfinite(value)
