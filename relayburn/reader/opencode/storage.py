"""Where a session's JSON values come from.

In: the place of one session. Out: the JSON values of the session, its messages and their parts, through
`SessionStore`, which knows nothing of their meaning. `StorageTree` is OpenCode's tree of files, one JSON value each
(reader-opencode.md 1, 3.1 and 4); a store of another kind need only be another `SessionStore`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from relayburn import jsjson
from relayburn.records import UNSET
from relayburn.text import utf8


class SessionStore(Protocol):
    """One session, as JSON values. What cannot be read or is no JSON is left out."""

    def session(self) -> Any:
        """The session; `UNSET` when there is none to be read."""
        ...

    def messages(self, session_id: str) -> Iterator[Any]:
        """The messages of a session, in a lasting order."""
        ...

    def parts(self, message_id: str) -> Iterator[Any]:
        """The parts of a message, in a lasting order."""
        ...


class StorageTree:
    """The store of a session file `<root>/session/<scope>/<name>.json`. Every file is read once per call.

    `unreadable` counts the files so far that could not be read or are no JSON.
    """

    def __init__(self, session_file: str | os.PathLike[str]) -> None:
        self._session_file = os.fspath(session_file)
        self.unreadable = 0

    def session(self) -> Any:
        """The value of the session file."""
        try:
            path = os.fsencode(self._session_file)
        except ValueError:  # a lone surrogate, which no file name has
            return UNSET
        return _read_json(path)

    def messages(self, session_id: str) -> Iterator[Any]:
        """The values of `<root>/message/<session_id>/*.json` by the bytes of their names."""
        return self._values(b"message", session_id)

    def parts(self, message_id: str) -> Iterator[Any]:
        """The values of `<root>/part/<message_id>/*.json` by the bytes of their names."""
        return self._values(b"part", message_id)

    def _values(self, kind: bytes, owner_id: str) -> Iterator[Any]:
        folder = self._folder(kind, utf8(owner_id))
        try:
            names = os.listdir(folder)  # noqa: PTH208 - names as bytes, which is how they are ordered
        except (OSError, ValueError):  # ValueError: a NUL in the id
            return
        for name in sorted([name for name in names if name.endswith(b".json")]):
            # The reference knows a name only as text, so it cannot open one that is not UTF-8.
            text_name = name if name.isascii() else name.decode(errors="replace").encode()
            value = _read_json(folder + b"/" + text_name)
            if value is UNSET:
                self.unreadable += 1
            else:
                yield value

    def _folder(self, kind: bytes, owner_id: bytes) -> bytes:
        folder = b"/".join((self._root, kind, owner_id))
        is_plain_name = owner_id and b"/" not in owner_id and not owner_id.startswith(b".")
        return folder if is_plain_name else os.path.normpath(folder)

    @cached_property
    def _root(self) -> bytes:
        return os.fsencode(os.path.normpath(Path(self._session_file).absolute() / "../../.."))


def _read_json(path: bytes) -> Any:
    """The JSON value of a file; `UNSET` when it cannot be read or is no JSON."""
    try:
        data = _read(path)
    except (OSError, ValueError):
        return UNSET
    try:
        return jsjson.loads(data)
    except UnicodeDecodeError:
        return _loads_replaced(data)
    except ValueError:
        return UNSET


def _loads_replaced(data: bytes) -> Any:
    try:
        return jsjson.loads(data.decode(errors="replace"))
    except ValueError:
        return UNSET


_FIRST_READ = 1 << 16
_NEXT_READ = 1 << 20
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0)


def _read(path: bytes) -> bytes:
    # A session is thousands of small files: this is half the time of `open`, `read` and `close`.
    descriptor = os.open(path, _READ_FLAGS)
    try:
        data = os.read(descriptor, _FIRST_READ)
        if len(data) < _FIRST_READ:
            return data
        chunks = [data]
        while chunks[-1]:
            chunks.append(os.read(descriptor, _NEXT_READ))
        return b"".join(chunks)
    finally:
        os.close(descriptor)
