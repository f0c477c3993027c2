"""Links between sessions that only several logs together show.

In: the evidence of several Claude Code logs, in order. Out: continuation rows, then fork rows (reader-claude.md 9.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from relayburn.reader.claude.links import SOURCE
from relayburn.reader.claude.options import Evidence
from relayburn.records import UNSET, SessionRelationshipRecord


def reconcile_claude_session_relationships(evidences: Iterable[Evidence]) -> list[SessionRelationshipRecord]:
    """Rows for files that go on from each other or share a foreign session; files without an id are ignored."""
    files = [evidence for evidence in evidences if evidence.file_session_id is not UNSET]
    continued = _continued_from(files)
    return [*_continuations(files), *_forks(files, continued)]


def _owners(files: Sequence[Evidence]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for file in files:
        for uuid in file.seen_uuids:
            owners.setdefault(uuid, str(file.file_session_id))
    return owners


def _parent(file: Evidence, owners: dict[str, str]) -> str | None:
    """The other file that holds the line a file goes on from."""
    owner = owners.get(str(file.first_parent_uuid)) if file.first_parent_uuid else None
    return owner if owner and owner != file.file_session_id else None


def _continued_from(files: Sequence[Evidence]) -> dict[str, str]:
    owners = _owners(files)
    return {str(file.file_session_id): parent for file in files if (parent := _parent(file, owners))}


def _continuations(files: Sequence[Evidence]) -> Iterable[SessionRelationshipRecord]:
    owners = _owners(files)
    for file in files:
        parent = _parent(file, owners)
        if parent is None or _says_so_itself(file, parent):
            continue
        yield SessionRelationshipRecord(
            source=SOURCE,
            session_id=str(file.file_session_id),
            related_session_id=parent,
            relationship_type="continuation",
            ts=file.first_ts,
            source_session_id=_foreign(file) or UNSET,
            source_version=file.source_version,
        )


def _says_so_itself(file: Evidence, parent: str) -> bool:
    if file.has_resume_marker and file.resume_target_session_id == parent:
        return True
    return parent in (file.explicit_continuation_target_session_ids or ())


def _forks(files: Sequence[Evidence], continued: dict[str, str]) -> Iterable[SessionRelationshipRecord]:
    groups: dict[str, list[Evidence]] = {}
    for file in files:
        if foreign := _foreign(file):
            groups.setdefault(foreign, []).append(file)
    for foreign, group in groups.items():
        if len(group) < 2:
            continue
        members = {file.file_session_id for file in group}
        for file in group:
            if continued.get(str(file.file_session_id)) in members:
                continue
            if foreign in (file.explicit_fork_target_session_ids or ()):
                continue
            yield SessionRelationshipRecord(
                source=SOURCE,
                session_id=str(file.file_session_id),
                related_session_id=foreign,
                relationship_type="fork",
                ts=file.first_ts,
                source_session_id=foreign,
                source_version=file.source_version,
            )


def _foreign(file: Evidence) -> str | None:
    return next((id for id in file.in_log_session_ids if id != file.file_session_id), None)
