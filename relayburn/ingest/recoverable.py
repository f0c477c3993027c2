"""Which sessions could be read again, by the names of their files alone (cli.md 13, prune).

In: a home. Out: session ids. No file is opened: a session whose id only its content tells is not named.
"""

from __future__ import annotations

from pathlib import PurePath

from relayburn.ingest.codex_id import codex_id_of_name
from relayburn.ingest.discovery import claude_session_files, codex_session_files, opencode_session_files
from relayburn.ingest.roots import claude_roots, codex_roots, opencode_roots
from relayburn.ledger.home import Home
from relayburn.semantics import Semantics


def recoverable_sessions(home: Home, semantics: Semantics) -> set[str]:
    """The ids of sessions whose logs still lie on disk."""
    ids = {PurePath(path).stem for root in claude_roots(home, semantics) for path in claude_session_files(root)}
    for root in codex_roots(home, semantics):
        ids.update(found for path in codex_session_files(root) if (found := codex_id_of_name(path)) is not None)
    for root in opencode_roots(home, semantics):
        ids.update(PurePath(path).stem for path in opencode_session_files(root))
    return ids
