"""Content sidecars: one JSONL file for each session (ledger.md 7).

In: content records, or a session's id. Out: files, or records. Lines end at LF only.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from relayburn.errors import HomeUnreadable, HomeUnwritable
from relayburn.ledger.batch import SessionContent
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.ledger.lines import joined, parse_line
from relayburn.ledger.private_files import append_bytes, read_file
from relayburn.ledger.session_names import SUFFIX, content_file, is_safe_session_id, storable
from relayburn.ledger.store_protocol import Keep, PruneReport, Warn, is_kept
from relayburn.semantics import Semantics

_NS_PER_MS = 1_000_000


def append(home: Home, contents: Sequence[SessionContent], warn: Warn, semantics: Semantics) -> None:
    """Append the records whose exact line is in no sidecar yet, each session under a lock of its own."""
    sessions: dict[str, list[SessionContent]] = {}
    for content in storable(contents, warn):
        sessions.setdefault(content.session_id, []).append(content)
    for session_id, of_session in sessions.items():
        with file_lock(home, f"content.{session_id}", semantics):
            _append_session(content_file(home, session_id), of_session, semantics)


def read(home: Home, session_id: str, message_id: str | None) -> list[Wire]:
    """The records of a sidecar in file order; lines that are no objects are skipped."""
    data = read_file(content_file(home, session_id)) or b""
    records = (_record(line) for line in data.split(b"\n") if line)
    return [
        record for record in records if record is not None and (not message_id or record.get("messageId") == message_id)
    ]


def stored_sessions(home: Home) -> list[str]:
    """The ids of sessions whose sidecar is not empty, in the order of their names."""
    return [session_id for session_id, path in _sidecars(home) if _size(path) > 0]


def stored_sizes(home: Home) -> list[int]:
    """The sizes of all sidecars in bytes, empty ones included."""
    return [_size(path) for _, path in _sidecars(home)]


def prune(home: Home, older_than_ms: float, keep: Keep | None, semantics: Semantics) -> PruneReport:
    """Remove sidecars last written at least `older_than_ms` ago, except those that `keep` names."""
    cutoff_ms = home.clock() - older_than_ms
    deleted = freed = recoverable = 0
    for session_id, path in _sidecars(home):
        with file_lock(home, f"content.{session_id}", semantics):
            size = _prunable_size(path, cutoff_ms)
            if size is None:
                continue
            if keep is not None and is_kept(keep, session_id):
                recoverable += 1
                continue
            _remove(path)
        deleted += 1
        freed += size
    return PruneReport(deleted, freed, recoverable)


def _append_session(path: Path, contents: Sequence[SessionContent], semantics: Semantics) -> None:
    data = read_file(path) or b""
    is_new = not data and len(contents) == 1 and not contents[0].repeats
    fresh = contents[0].text if is_new else _fresh_lines(data, contents)
    if not fresh:
        return
    # A line that was torn off by a crash must not swallow the next one.
    torn = semantics.exactly_once and data[-1:] not in (b"", b"\n")
    append_bytes(path, b"\n" + fresh if torn else fresh)


def _fresh_lines(data: bytes, contents: Sequence[SessionContent]) -> bytes:
    """The lines of `contents` that are not in `data`, each once."""
    stored = set(_decodable(data).split(b"\n"))
    lines = dict.fromkeys(line for content in contents for line in content.lines)
    return joined(line for line in lines if line not in stored)


def _decodable(data: bytes) -> bytes:
    """`data` as it reads, with what is no UTF-8 replaced."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode(errors="replace").encode()
    return data


def _record(line: bytes) -> Wire | None:
    try:
        value = parse_line(line)
    except ValueError:
        return None
    return value if type(value) is dict else None


def _sidecars(home: Home) -> list[tuple[str, Path]]:
    """Session ids and paths of all sidecars that have a valid name, in the order of their names."""
    try:
        names = sorted((path.name for path in home.content.iterdir()), key=os.fsencode)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as cause:
        raise HomeUnreadable(home.content, cause) from cause
    named = ((name.removesuffix(SUFFIX), home.content / name) for name in names if name.endswith(SUFFIX))
    return [(stem, path) for stem, path in named if is_safe_session_id(stem)]


def _prunable_size(path: Path, cutoff_ms: float) -> int | None:
    """The size of a sidecar that is old enough; None where it is too young, no regular file, or gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_mtime_ns / _NS_PER_MS > cutoff_ms:
        return None
    return status.st_size


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause
