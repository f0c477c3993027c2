"""What a log says of its session's links to others.

In: assistant and user lines in order. Out: root, fork and continuation rows, and the evidence by which files are
reconciled with each other (reader-claude.md 8 and 9.1). The prefix of an incremental parse feeds the evidence alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from relayburn.reader.claude.entries import Entry
from relayburn.reader.claude.options import Evidence
from relayburn.records import SessionRelationshipRecord, relationship_key
from relayburn.text import js_pattern, trim

SOURCE = "claude-code"
_RESUME = js_pattern(r"/(?:resume|continue)(?:\s+(\S+))?", re.IGNORECASE)


def first_text(*values: Any) -> str | None:
    """The first of `values` that is a non-empty text."""
    for value in values:
        if type(value) is str and value:
            return value
    return None


class SessionLinks:
    """The links of one file, gathered line by line. `file_session_id` is F of reader-claude.md 2."""

    def __init__(self, file_session_id: str | None) -> None:
        self.file_session_id = file_session_id
        self.resume_marker_offset: int | None = None
        self.rows: list[tuple[int, SessionRelationshipRecord]] = []
        self._has_resume_marker = False
        self._session_ids: dict[str, None] = {}
        self._uuids: list[str] = []
        self._first_ts: str | None = None
        self._version: str | None = None
        self._first_parent: str | None = None
        self._saw_main_user_line = False
        self._resume_target: str | None = None
        self._fork_targets: dict[str, None] = {}
        self._continuation_targets: dict[str, None] = {}
        self._rooted: set[str] = set()
        self._keys: set[str] = set()

    def observe(self, entry: Entry) -> None:
        """Take what a line of the prefix says as evidence; it makes no rows."""
        self._note(entry)
        self._note_targets(*_targets(entry))

    def link(self, entry: Entry, offset: int) -> None:
        """Take what a line says as evidence and make the rows it asks for."""
        session_id = entry.session_id
        if type(session_id) is str and session_id:
            this = session_id if self.file_session_id is None else self.file_session_id
            if this not in self._rooted:
                self._rooted.add(this)
                self._add(offset, this, "root", ts=first_text(entry.timestamp) or UNSET)
            if (
                entry.fork_session_id is not None
                or entry.continued_from is not None
                or entry.fork_session_id_snake is not None
                or entry.continued_from_snake is not None
            ):
                self._link_explicitly(entry, offset, this)
        self._note(entry)

    def note_prompt(self, text: str, offset: int) -> None:
        """Look for a resume marker at the start of a user line's plain text."""
        trimmed = trim(text)
        if not trimmed.startswith("/"):
            return
        marker = _RESUME.match(trimmed)
        if marker is None:
            return
        if not self._has_resume_marker:
            self._has_resume_marker = True
            self.resume_marker_offset = offset
        if self._resume_target is None:
            self._resume_target = marker[1]

    def evidence(self) -> Evidence:
        """All that the file says of its links."""
        return Evidence(
            in_log_session_ids=list(self._session_ids),
            seen_uuids=list(self._uuids),
            has_resume_marker=self._has_resume_marker,
            file_session_id=_known(self.file_session_id),
            first_ts=_known(self._first_ts),
            source_version=_known(self._version),
            first_parent_uuid=_known(self._first_parent),
            resume_target_session_id=_known(self._resume_target),
            explicit_continuation_target_session_ids=list(self._continuation_targets) or UNSET,
            explicit_fork_target_session_ids=list(self._fork_targets) or UNSET,
        )

    def relationships(
        self, rows: Iterable[SessionRelationshipRecord], end: int | None
    ) -> list[SessionRelationshipRecord]:
        """All rows of a parse: `rows` (root, explicit, subagent), then the local continuation, each with its provenance.

        `end` is the offset before which the resume marker must stand to count; None for no limit.
        """
        all_rows = [replace(row) for row in rows]
        marker = self.resume_marker_offset
        if self.file_session_id is not None and marker is not None and (end is None or marker < end):
            local = SessionRelationshipRecord(
                source=SOURCE,
                session_id=self.file_session_id,
                relationship_type="continuation",
                related_session_id=_known(self._resume_target),
                ts=_known(self._first_ts),
            )
            if relationship_key(local) not in set(map(relationship_key, all_rows)):
                all_rows.append(local)
        foreign = _known(self._foreign_session_id())
        version = _known(self._version)
        for row in all_rows:
            if row.source_session_id is UNSET:
                row.source_session_id = foreign
            if row.source_version is UNSET:
                row.source_version = version
        return all_rows

    def _foreign_session_id(self) -> str | None:
        if self.file_session_id is None:
            return None
        return next((id for id in self._session_ids if id != self.file_session_id), None)

    def _note(self, entry: Entry) -> None:
        session_id, uuid = entry.session_id, entry.uuid
        if type(session_id) is str and session_id:
            self._session_ids[session_id] = None
            if self._first_ts is None:
                self._first_ts = first_text(entry.timestamp)
        if type(uuid) is str and uuid:
            self._uuids.append(uuid)
        if self._version is None:
            self._version = first_text(entry.version)
        if not self._saw_main_user_line and entry.type == "user" and entry.is_sidechain is not True:
            self._saw_main_user_line = True
            self._first_parent = first_text(entry.parent_uuid)

    def _note_targets(self, fork: str | None, continuation: str | None) -> None:
        if fork is not None:
            self._fork_targets[fork] = None
        if continuation is not None:
            self._continuation_targets[continuation] = None

    def _link_explicitly(self, entry: Entry, offset: int, this: str) -> None:
        fork, continuation = _targets(entry)
        self._note_targets(fork, continuation)
        self._link_to(fork, entry, offset, this, "fork")
        self._link_to(continuation, entry, offset, this, "continuation")

    def _link_to(self, target: str | None, entry: Entry, offset: int, this: str, kind: str) -> None:
        if target is None or target == this:
            return
        key = f"{kind}|{this}|{target}"
        if key in self._keys:
            return
        self._keys.add(key)
        self._add(
            offset,
            this,
            kind,
            related_session_id=target,
            ts=first_text(entry.timestamp, entry.ts) or entry.timestamp,
            source_session_id=_known(first_text(entry.source_session_id, entry.source_session_id_snake)),
            source_version=_known(first_text(entry.version, entry.source_version, entry.source_version_snake)),
        )

    def _add(self, offset: int, session_id: str, relationship_type: str, **more: Any) -> None:
        row = SessionRelationshipRecord(
            source=SOURCE, session_id=session_id, relationship_type=relationship_type, **more
        )
        self.rows.append((offset, row))


def _targets(entry: Entry) -> tuple[str | None, str | None]:
    return (
        first_text(entry.fork_session_id, entry.fork_session_id_snake),
        first_text(entry.continued_from, entry.continued_from_snake),
    )


def _known(text: str | None) -> Any:
    return UNSET if text is None else text
