"""The reader of OpenCode's session files (reader-opencode.md).

In: a session file of OpenCode's storage tree, and options. Out: the session's records; with the ids of messages already
seen, only what is new. The event stream of a running OpenCode has its own reader, `relayburn.reader.opencode_stream`.
"""

from relayburn.reader.opencode.session import (
    OpencodeIncrement,
    OpencodeOptions,
    OpencodeSession,
    parse_opencode_session,
    parse_opencode_session_incremental,
    parse_session_store,
)
from relayburn.reader.opencode.storage import SessionStore, StorageTree

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
