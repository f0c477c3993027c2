"""The reader of OpenCode's session files (reader-opencode.md).

In: a session file of OpenCode's storage tree, and options. Out: the session's records; with the ids of messages already
seen, only what is new. The event stream of a running OpenCode has its own reader, `relayburn.reader.opencode_stream`.
What reads is imported when it is asked for: many a pass finds nothing to read.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from relayburn.reader.opencode.storage import SessionStore, StorageTree

if TYPE_CHECKING:
    from relayburn.reader.opencode.session import (
        OpencodeIncrement,
        OpencodeOptions,
        OpencodeSession,
        parse_opencode_session,
        parse_opencode_session_incremental,
        parse_session_store,
    )

__all__ = [
    "OpencodeIncrement",
    "OpencodeOptions",
    "OpencodeSession",
    "SessionStore",
    "StorageTree",
    "parse_opencode_session",
    "parse_opencode_session_incremental",
    "parse_session_store",
]

_HOMES = {
    "session": (
        "OpencodeIncrement",
        "OpencodeOptions",
        "OpencodeSession",
        "parse_opencode_session",
        "parse_opencode_session_incremental",
        "parse_session_store",
    ),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
