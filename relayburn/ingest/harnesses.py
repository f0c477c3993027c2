"""The three harnesses, as a pass sees them (ingest.md 1 and 3).

In: a home and semantics. Out: for each harness, its session files in the order in which they are visited, and what is to
be done about each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from relayburn.ingest.claude import plan_claude
from relayburn.ingest.codex import plan_codex
from relayburn.ingest.discovery import (
    Refused,
    claude_session_files,
    claude_subagent_files,
    codex_session_files,
    opencode_session_files,
)
from relayburn.ingest.harvest import Settled, Task
from relayburn.ingest.opencode import plan_opencode
from relayburn.ingest.roots import claude_roots, codex_roots, opencode_roots
from relayburn.ingest.subagent_logs import plan_subagent
from relayburn.ledger.home import Home
from relayburn.semantics import Semantics

Plan = Callable[[Any, str, Semantics], Task | Settled]
"""From a file's stored cursor and the content mode to what is to be done. Raises `RelayburnError`."""


@dataclass(frozen=True, slots=True)
class SessionFile:
    """One session file that was found, or a file that is part of a session."""

    path: str
    plan: Plan
    is_session: bool = True


@dataclass(frozen=True, slots=True)
class Harness:
    """One harness: its name in warnings, what a pass over it is announced with, and its files.

    Who asks for the files says who is told of folders that cannot be listed.
    """

    name: str
    announcement: str
    files: Callable[[Home, Semantics, Refused], Iterator[SessionFile]]


def _claude_files(home: Home, semantics: Semantics, refused: Refused) -> Iterator[SessionFile]:
    roots = claude_roots(home, semantics)
    for root in roots:
        for path in claude_session_files(root, refused):
            yield SessionFile(path, partial(plan_claude, path))
    if semantics.subagent_logs:
        for root in roots:
            for path in claude_subagent_files(root, refused):
                yield SessionFile(path, partial(plan_subagent, path), is_session=False)


def _codex_files(home: Home, semantics: Semantics, refused: Refused) -> Iterator[SessionFile]:
    for root in codex_roots(home, semantics):
        for path in codex_session_files(root, refused):
            yield SessionFile(path, partial(plan_codex, path))


def _opencode_files(home: Home, semantics: Semantics, refused: Refused) -> Iterator[SessionFile]:
    for root in opencode_roots(home, semantics):
        for path in opencode_session_files(root, refused):
            yield SessionFile(path, partial(plan_opencode, root, path))


CLAUDE = Harness("claude", "scanning Claude Code sessions", _claude_files)
CODEX = Harness("codex", "scanning Codex sessions", _codex_files)
OPENCODE = Harness("opencode", "scanning OpenCode sessions", _opencode_files)
HARNESSES = (CLAUDE, CODEX, OPENCODE)
"""All harnesses, in the order of a pass over all of them."""
