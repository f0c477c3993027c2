"""Whether anything changed in the session files since somebody looked (ingest.md 10, the sweep without effect).

In: a home. Out: a text that is another one whenever a session file, or an OpenCode message, was added, removed, written
to or replaced. It costs one look at each file and reads none.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from relayburn.ingest.discovery import (
    claude_session_files,
    claude_subagent_files,
    codex_session_files,
    message_files,
    message_folder,
    message_root,
    opencode_session_files,
)
from relayburn.ingest.file_state import figures
from relayburn.ingest.roots import claude_roots, codex_roots, opencode_roots
from relayburn.ledger.home import Home
from relayburn.semantics import Semantics


def watched_folders(home: Home, semantics: Semantics) -> list[str]:
    """The folders in which something happens when a session goes on, whether or not they exist."""
    roots = [*claude_roots(home, semantics), *codex_roots(home, semantics)]
    for root in opencode_roots(home, semantics):
        roots += [root, message_root(root)]
    return roots


def source_state(home: Home, semantics: Semantics) -> str:
    """The state of all session files."""
    state = blake2b(digest_size=16)
    for path in _files(home, semantics):
        state.update(figures(path))
    return state.hexdigest()


def _files(home: Home, semantics: Semantics) -> Iterator[str]:
    for root in claude_roots(home, semantics):
        yield from claude_session_files(root)
        yield from claude_subagent_files(root)
    for root in codex_roots(home, semantics):
        yield from codex_session_files(root)
    for root in opencode_roots(home, semantics):
        for path in opencode_session_files(root):
            yield path
            folder = message_folder(root, path)
            yield folder
            yield from message_files(folder)
