"""How far each session file was read (ledger.md 8).

In: a map from a source's key (its absolute path, or the address of an event stream) to its cursor in wire form. Out:
`cursors.json`, replaced at once and only where something changed; keys of others survive.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relayburn import jsjson
from relayburn.jsnum import is_number
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.json_file import indented, read_json
from relayburn.ledger.private_files import replace_file, sync_file
from relayburn.semantics import CURRENT, Semantics

Cursors = dict[str, Any]
"""Cursors by the key of their source."""


def load_cursors(home: Home) -> Any:
    """The cursors as they are stored; none where the file is missing or malformed.

    A list in place of the map is given as it is, which is what the reference does.
    """
    stored = read_json(home.cursors)
    files = stored.get("files") if type(stored) is dict else None
    return files if type(files) is dict or type(files) is list else {}


def save_cursors(home: Home, cursors: Any, *, semantics: Semantics = CURRENT) -> None:
    """Replace all cursors. Raises `LockUnavailable`, `HomeUnwritable`."""
    with file_lock(home, "cursors", semantics):
        _write(home, cursors, semantics)


def save_changed_cursors(
    home: Home, before: Mapping[str, Any], after: Mapping[str, Any], *, semantics: Semantics = CURRENT
) -> bool:
    """Store what differs between `before` and `after`; whether anything does. Raises as `save_cursors` does."""
    changed = {key: cursor for key, cursor in after.items() if key not in before or not _equal(before[key], cursor)}
    removed = [key for key in before if key not in after]
    if not (changed or removed):
        return False
    with file_lock(home, "cursors", semantics):
        stored = load_cursors(home)
        cursors: Cursors = dict(stored) if type(stored) is dict else {}
        for key in removed:
            cursors.pop(key, None)
        if semantics.last_record_wins:
            # Somebody else may have read on meanwhile: what is already known to be read is not to be read again.
            changed = {key: cursor for key, cursor in changed.items() if not _is_ahead(cursors.get(key), cursor)}
        _write(home, cursors | changed, semantics)
    return True


def _is_ahead(stored: Any, cursor: Any) -> bool:
    """Whether a stored cursor is of a later state of the same file."""
    if type(stored) is not dict or type(cursor) is not dict:
        return False
    if any(stored.get(name) != cursor.get(name) for name in ("kind", "inode")):
        return False
    then, now = stored.get("mtimeMs"), cursor.get("mtimeMs")
    return is_number(then) and is_number(now) and then > now


def _write(home: Home, cursors: Any, semantics: Semantics) -> None:
    if semantics.exactly_once:
        # What a cursor says was read must be in the ledger even after the power fails.
        sync_file(home.ledger)
    replace_file(home.cursors, [indented({"files": cursors})])


def _equal(one: Any, other: Any) -> bool:
    """Whether two cursors are equal, in whatever order their keys come; true is not 1."""
    return one is other or (one == other and jsjson.stable_stringify(one) == jsjson.stable_stringify(other))
