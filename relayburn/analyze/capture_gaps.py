"""Where the logs tell less than they should: tool calls without results, subagents that only the environment tells of.

In: all turns and relationships, and what content is stored. Out: one row a harness, and the sessions whose relationships have
drifted (cli.md 9.2).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.analyze.sessions import by_session, hashable
from relayburn.analyze.subagent_node import SPAWN_ENV, SUBAGENT
from relayburn.collation import collation_key
from relayburn.pricing.ids import id_text
from relayburn.records import Record, SessionRelationshipRecord, TurnRecord

ADAPTER_OF = {"claude-code": "claude", "codex": "codex", "opencode": "opencode"}
"""The harnesses whose capture is looked at, by source, in the order of the report."""

DRIFTING_ADAPTERS = ("claude", "opencode")
NATIVE_SOURCES = ("native-claude", "native-opencode")
DRIFT_REASON = "spawn-env-without-native"

HasResults = Callable[[str], bool]
"""Whether the stored content of a session, by its id, holds a tool result."""


class CaptureGap(Record, kw_only=True):
    """One harness: its sessions, those with tool calls, and of these the ones without any stored result.

    The last three are None where content is not stored in full, so that nothing can be said.
    """

    adapter: str
    sessions: int = 0
    sessions_with_tool_calls: int = 0
    gapped_sessions: int | None = None
    orphan_tool_calls: int | None = None
    degraded_pct: float | None = None


class Drift(Record, kw_only=True):
    """A session that its environment calls a subagent's, which its log does not."""

    session_id: str
    adapter: str
    reason: str = DRIFT_REASON
    env_parent_agent_id: str


@dataclass(slots=True)
class _Session:
    session_id: Any
    adapter: str
    calls: int = 0


def _sessions(turns: Iterable[TurnRecord]) -> Mapping[Hashable, _Session]:
    sessions: dict[Hashable, _Session] = {}
    for turn in turns:
        adapter = ADAPTER_OF.get(turn.source) if isinstance(turn.source, str) else None
        if adapter is not None:
            session = sessions.setdefault(hashable(turn.session_id), _Session(turn.session_id, adapter))
            session.calls += len(turn.tool_calls)
    return sessions


def capture_gaps(turns: Iterable[TurnRecord], has_results: HasResults | None) -> list[CaptureGap]:
    """One row for each harness that has sessions; `has_results` is asked of those with tool calls, None knows nothing."""
    sessions = _sessions(turns).values()
    rows = (_gap(adapter, [each for each in sessions if each.adapter == adapter]) for adapter in ADAPTER_OF.values())
    gaps = {row.adapter: row for row in rows if row.sessions}
    if has_results is None:
        return list(gaps.values())
    for row in gaps.values():
        row.gapped_sessions = row.orphan_tool_calls = 0
    for session in sessions:
        if session.calls and not has_results(session.session_id):
            row = gaps[session.adapter]
            row.gapped_sessions = (row.gapped_sessions or 0) + 1
            row.orphan_tool_calls = (row.orphan_tool_calls or 0) + session.calls
    for row in gaps.values():
        calling = row.sessions_with_tool_calls
        row.degraded_pct = (row.gapped_sessions or 0) / calling * 100 if calling else 0
    return list(gaps.values())


def _gap(adapter: str, sessions: Sequence[_Session]) -> CaptureGap:
    calling = sum(session.calls > 0 for session in sessions)
    return CaptureGap(adapter=adapter, sessions=len(sessions), sessions_with_tool_calls=calling)


def relationship_drift(turns: Iterable[TurnRecord], relationships: Iterable[SessionRelationshipRecord]) -> list[Drift]:
    """The sessions that only their environment calls a subagent's, by their ids."""
    sessions = _sessions(turns)
    found = []
    for key, rows in by_session(row for row in relationships if row.relationship_type == SUBAGENT).items():
        session = sessions.get(key)
        if session is None or session.adapter not in DRIFTING_ADAPTERS:
            continue
        parents = [row.related_session_id for row in rows if row.source == SPAWN_ENV]
        parent = next((parent for parent in parents if isinstance(parent, str) and parent), None)
        if parent is not None and not any(row.source in NATIVE_SOURCES for row in rows):
            found.append(Drift(session_id=session.session_id, adapter=session.adapter, env_parent_agent_id=parent))
    return sorted(found, key=lambda drift: collation_key(id_text(drift.session_id)))
