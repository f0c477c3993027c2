"""Which sessions belong together, as relationship rows tell.

In: relationship rows, and the id of a session or agent. Out: the sessions that an agent started, directly or not; the rows
that are connected with an id in any way (cli.md 7 and 7.5).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from relayburn.analyze.subagent_node import SUBAGENT
from relayburn.jsjson import truthy
from relayburn.pricing.ids import id_text
from relayburn.records import SessionRelationshipRecord, relationship_key


def sessions_of_agent(agent_id: str, rows: Iterable[SessionRelationshipRecord]) -> set[str]:
    """The sessions of the subagents below `agent_id`, at any depth."""
    started: dict[str, list[SessionRelationshipRecord]] = {}
    for row in rows:
        if row.relationship_type == SUBAGENT and truthy(row.related_session_id):
            started.setdefault(id_text(row.related_session_id), []).append(row)
    sessions: set[str] = set()
    reached, waiting = {agent_id}, deque([agent_id])
    while waiting:
        for row in started.get(waiting.popleft(), ()):
            sessions.add(id_text(row.session_id))
            _reach((row.session_id, row.agent_id), reached, waiting)
    return sessions


def connected_rows(start: str, rows: Iterable[SessionRelationshipRecord]) -> list[SessionRelationshipRecord]:
    """The rows that are reached from the id `start` over either side of rows, each once, nearest first."""
    touching: dict[str, list[SessionRelationshipRecord]] = {}
    for row in rows:
        for name in {id_text(row.session_id), id_text(row.related_session_id)}:
            touching.setdefault(name, []).append(row)
    found: dict[str, SessionRelationshipRecord] = {}
    reached, waiting = {start}, deque([start])
    while waiting:
        for row in touching.get(waiting.popleft(), ()):
            found[relationship_key(row)] = row
            _reach((row.session_id, row.related_session_id, row.agent_id), reached, waiting)
    return list(found.values())


def _reach(names: Iterable[Any], reached: set[str], waiting: deque[str]) -> None:
    for name in map(id_text, names):
        if name and name not in reached:
            reached.add(name)
            waiting.append(name)
