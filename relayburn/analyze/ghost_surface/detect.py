"""Which installed things are ghosts.

In: where the surface lies and how it was used. Out: what was never seen in use, the costliest first
(ghost-surface.md 3 and 4). A harness is a row of a table.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from relayburn.analyze.ghost_surface.candidates import (
    CLAUDE_CODE,
    CODEX,
    OPENCODE,
    Candidate,
    SurfacePlaces,
    claude_candidates,
    codex_candidates,
)
from relayburn.analyze.ghost_surface.names import TextsBySession, claude_command_names, codex_slash_invocations, stem
from relayburn.analyze.ghost_surface.opencode_config import opencode_candidates
from relayburn.analyze.ghost_surface.use import SurfaceUse
from relayburn.collation import collation_key
from relayburn.records import UNSET, Record, UnsetType


class Ghost(Record, kw_only=True):
    """Something installed that was never used; costs in USD, per session and over all sessions of its harness."""

    source: str
    kind: str
    path: str
    size_tokens: int
    cost: float
    cost_per_session: float
    session_count: int
    counted_by_catalog_bloat: bool | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Harness:
    """One row: what the harness offers, and the names that its users typed."""

    source: str
    candidates: Callable[[SurfacePlaces], list[Candidate]]
    typed_names: Callable[[TextsBySession, Sequence[Candidate]], list[str]]


def _nothing_typed(_texts: TextsBySession, _candidates: Sequence[Candidate]) -> list[str]:
    return []


HARNESSES = (
    Harness(CLAUDE_CODE, claude_candidates, claude_command_names),
    Harness(CODEX, codex_candidates, codex_slash_invocations),
    Harness(OPENCODE, opencode_candidates, _nothing_typed),
)


def detect_ghost_surface(use: SurfaceUse, places: SurfacePlaces) -> list[Ghost]:
    """The ghosts of all harnesses by cost, then size, then path. Raises `SurfaceUnreadable`."""
    ghosts = [ghost for harness in HARNESSES for ghost in _ghosts(harness, use, places)]
    return sorted(ghosts, key=lambda ghost: (-ghost.cost, -ghost.size_tokens, collation_key(ghost.path)))


def _ghosts(harness: Harness, use: SurfaceUse, places: SurfacePlaces) -> list[Ghost]:
    candidates = harness.candidates(places)
    names = [*use.observed_names_by_source.get(harness.source, ()), *_typed_names(harness, use, candidates)]
    used = {name.lower() for name in names if isinstance(name, str)}
    return [_ghost(candidate, use) for candidate in candidates if stem(candidate.basename).lower() not in used]


def _typed_names(harness: Harness, use: SurfaceUse, candidates: Sequence[Candidate]) -> list[str]:
    texts = use.user_turn_text_by_session
    return harness.typed_names(texts[harness.source], candidates) if texts and harness.source in texts else []


def _ghost(candidate: Candidate, use: SurfaceUse) -> Ghost:
    in_catalog = candidate.counted_by_catalog_bloat
    sessions = use.session_count_by_source.get(candidate.source, 0)
    cost = 0 if in_catalog is True else candidate.size_tokens * use.dollar_per_token
    return Ghost(
        source=candidate.source,
        kind=candidate.kind,
        path=candidate.path,
        size_tokens=candidate.size_tokens,
        cost=cost * sessions,
        cost_per_session=cost,
        session_count=sessions,
        counted_by_catalog_bloat=UNSET if in_catalog is UNSET else in_catalog,
    )
