"""Logs that Claude Code keeps for the subagents of a session (docs/semantics.md, `subagent_logs`).

In: such a log, `<project>/<session id>/subagents/agent-<id>.jsonl`, what lies beside it (`agent-<id>.meta.json`) and the
session's own log. Out: a harvest of turns of the session and subagent, tied to the call that started it. What the session's
own log holds as well is left out: some subagents begin with a copy of the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Any

from relayburn import jsjson
from relayburn.errors import LogUnreadable
from relayburn.ingest.claude import ClaudeTask, harvest_of_claude, plan_claude
from relayburn.ingest.discovery import SUBAGENTS, is_subagent_log
from relayburn.ingest.harvest import Harvest, Settled, Task
from relayburn.reader.claude import ClaudeIncrement
from relayburn.reader.lines import read_bytes
from relayburn.records import UNSET, SessionRelationshipRecord, Subagent, TurnRecord, UnsetType
from relayburn.semantics import Semantics
from relayburn.text import utf8

_IDS = re.compile(rb'"(?:id|uuid)"\s*:\s*"([^"\\]+)"')


@dataclass(frozen=True, slots=True)
class SubagentLog:
    """Where a subagent's log lies, and what its place says of it."""

    path: str

    @property
    def agent_id(self) -> str:
        """The subagent."""
        return PurePath(self.path).name.removesuffix(".jsonl").removeprefix("agent-")

    @property
    def session_id(self) -> str:
        """The session that started it."""
        return PurePath(self.path).parent.parent.name

    @property
    def session_log(self) -> str:
        """The session's own log, which may be gone."""
        return f"{PurePath(self.path).parent.parent}.jsonl"

    @property
    def description(self) -> str:
        """The file that says what the subagent was started for, which may be missing."""
        return f"{self.path.removesuffix('.jsonl')}.meta.json"


@dataclass(frozen=True, slots=True)
class Spawn:
    """The call that started a subagent, and what for, as far as it is known."""

    tool_use_id: str | UnsetType = UNSET
    subagent_type: str | UnsetType = UNSET
    description: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class SubagentTask:
    """One subagent's log, to be read as `task` says."""

    task: ClaudeTask

    @property
    def path(self) -> str:
        """The subagent's log."""
        return self.task.path

    @property
    def semantics(self) -> Semantics:
        """The rules to read it by."""
        return self.task.semantics

    @property
    def weight(self) -> int:
        """How many bytes are new."""
        return self.task.weight

    def read(self) -> Harvest:
        """What is new in the log. Raises what its reader raises."""
        log = SubagentLog(self.path)
        session_log = _bytes_of(log.session_log)
        spawn = spawn_of(log, session_log)
        bad_lines: list[bytes] = []
        found = self.task.parse(bad_lines.append, file_session_id=log.session_id)
        adopt(found, log, spawn, _ids_in(session_log))
        harvest = harvest_of_claude(self.path, found, self.task.cursor_after(found))
        paired = {"mainBytes": len(session_log)} if spawn.tool_use_id is UNSET else {"toolUseId": spawn.tool_use_id}
        return replace(
            harvest, cursor=harvest.cursor | paired, evidence=None, is_session=False, bad_lines=len(bad_lines)
        )


def plan_subagent(path: str, stored: Any, content_mode: str, semantics: Semantics) -> SubagentTask | Settled:
    """What is to be done about the subagent's log at `path`. Raises `LogUnreadable`.

    A log whose call was not known yet is read again when the session's own log names it.
    """
    plan = plan_claude(path, stored, content_mode, semantics)
    if isinstance(plan, ClaudeTask):
        return SubagentTask(plan)
    if "toolUseId" in stored:
        return plan
    log = SubagentLog(path)
    stored_bytes = stored.get("mainBytes")
    looked_at = stored_bytes if type(stored_bytes) is int else 0
    news = _bytes_of(log.session_log, looked_at)
    if not news:
        return plan
    if _quoted(log.agent_id) in news:
        whole = plan_claude(path, None, content_mode, semantics)
        assert isinstance(whole, ClaudeTask)
        return SubagentTask(whole)
    return Settled(path, (plan.cursor or stored) | {"mainBytes": looked_at + len(news)})


def plan_claude_log(path: str, stored: Any, content_mode: str, semantics: Semantics) -> Task | Settled:
    """What is to be done about a log of Claude Code, be it a session's or, by its place, a subagent's.

    Raises `LogUnreadable`.
    """
    place = PurePath(path)
    if semantics.subagent_logs and place.parent.name == SUBAGENTS and is_subagent_log(place.name):
        return plan_subagent(path, stored, content_mode, semantics)
    return plan_claude(path, stored, content_mode, semantics)


def adopt(found: ClaudeIncrement, log: SubagentLog, spawn: Spawn, known: frozenset[str]) -> None:
    """Make what was found in `log` the subagent's, without the lines and messages whose ids are `known`."""
    found.turns = [turn for turn in found.turns if not _is_of(known, turn.message_id)]
    found.content = [record for record in found.content if not _is_of(known, record.message_id)]
    found.user_turns = [turn for turn in found.user_turns if not _is_of(known, turn.user_uuid)]
    found.tool_result_events = [event for event in found.tool_result_events if not _is_of(known, event.message_id)]
    for turn in found.turns:
        turn.subagent = _subagent(turn, log, spawn)
    # The session's own log says where it comes from; here there is one thing more to say, once the call is known.
    found.relationships = [row for row in found.relationships if row.relationship_type == "subagent"]
    if found.turns and spawn.tool_use_id is not UNSET:
        found.relationships.append(_relationship(found, log, spawn))


def spawn_of(log: SubagentLog, session_log: bytes) -> Spawn:
    """The call that started the subagent: the one it answered, else the one it was told of, where that was made."""
    told = _object_in(_bytes_of(log.description))
    call = next(_calls_answered_by(log.agent_id, session_log), None)
    if call is None and isinstance(named := told.get("toolUseId"), str) and _quoted(named) in session_log:
        call = named
    arguments = {} if call is None else _arguments_of(call, session_log)
    return Spawn(
        UNSET if call is None else call,
        _first_text(told.get("agentType"), arguments.get("subagent_type")),
        _first_text(told.get("description"), arguments.get("description")),
    )


def _subagent(turn: TurnRecord, log: SubagentLog, spawn: Spawn) -> Subagent:
    subagent = turn.subagent
    if subagent is not UNSET and subagent.agent_id is not UNSET:
        return subagent
    return Subagent(
        agent_id=log.agent_id,
        parent_tool_use_id=spawn.tool_use_id,
        subagent_type=spawn.subagent_type,
        description=spawn.description,
        parent_agent_id=turn.session_id,
    )


def _relationship(found: ClaudeIncrement, log: SubagentLog, spawn: Spawn) -> SessionRelationshipRecord:
    session_id = found.turns[0].session_id
    return SessionRelationshipRecord(
        source="native-claude",
        session_id=session_id,
        relationship_type="subagent",
        agent_id=log.agent_id,
        related_session_id=session_id,
        parent_tool_use_id=spawn.tool_use_id,
        subagent_type=spawn.subagent_type,
        description=spawn.description,
        ts=found.evidence.first_ts,
        source_version=found.evidence.source_version,
    )


def _calls_answered_by(agent_id: str, session_log: bytes) -> Iterator[str]:
    """The calls whose results say that this subagent gave them."""
    for line in _lines_with(_quoted(agent_id), session_log):
        entry = _object_in(line)
        result = entry.get("toolUseResult")
        if not isinstance(result, dict) or result.get("agentId") != agent_id:
            continue
        for block in _blocks(entry):
            if block.get("type") == "tool_result" and isinstance(block.get("tool_use_id"), str):
                yield block["tool_use_id"]


def _arguments_of(call: str, session_log: bytes) -> dict[str, Any]:
    for line in _lines_with(_quoted(call), session_log):
        for block in _blocks(_object_in(line)):
            if block.get("type") == "tool_use" and block.get("id") == call:
                arguments = block.get("input")
                return arguments if isinstance(arguments, dict) else {}
    return {}


def _blocks(entry: dict[str, Any]) -> list[dict[str, Any]]:
    message = entry.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


def _lines_with(needle: bytes, log: bytes) -> Iterator[bytes]:
    at = log.find(needle)
    while at >= 0:
        end = log.find(b"\n", at)
        end = len(log) if end < 0 else end
        yield log[log.rfind(b"\n", 0, at) + 1 : end]
        at = log.find(needle, end)


def _object_in(data: bytes) -> dict[str, Any]:
    try:
        value = jsjson.loads(data)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_of(known: frozenset[str], id: Any) -> bool:
    # An id is copied unchecked: it may be no text, and then it is nobody's.
    return isinstance(id, str) and id in known


def _first_text(*values: Any) -> str | UnsetType:
    return next((value for value in values if isinstance(value, str) and value), UNSET)


def _quoted(text: str) -> bytes:
    return utf8(jsjson.quote(text))


@lru_cache(maxsize=1)
def _ids_in(session_log: bytes) -> frozenset[str]:
    """The ids of all that the session's own log holds: lines, messages, and more that is not asked for."""
    return frozenset(found.decode(errors="replace") for found in _IDS.findall(session_log))


def _bytes_of(path: str, start: int = 0) -> bytes:
    try:
        return read_bytes(path, start)
    except LogUnreadable:
        return b""
