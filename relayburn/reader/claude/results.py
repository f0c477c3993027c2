"""Tool results and what the system says of subagents, as events.

In: the `tool_result` blocks of user lines and the system lines of a log. Out: tool result events with indices that
continue over a whole file, the ids of failed calls, and the replacement metadata of calls (reader-claude.md 6.2 to 6.4, 6.7).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import replace

from relayburn.jsnum import is_number, normalize
from relayburn.reader.claude.entries import Block, Entry
from relayburn.reader.claude.links import SOURCE, first_text
from relayburn.reader.hashing import content_hash
from relayburn.reader.user_turn import measured_text
from relayburn.records import ToolResultEventRecord, TurnRecord
from relayburn.text import WS, utf16_length

_STATUSES = {
    **dict.fromkeys(("completed", "complete", "success", "succeeded", "done"), "completed"),
    **dict.fromkeys(("error", "errored", "failed", "failure"), "errored"),
    **dict.fromkeys(("running", "in_progress", "queued", "pending", "started"), "running"),
    **dict.fromkeys(("cancelled", "canceled", "aborted"), "cancelled"),
}
_SEPARATOR = re.compile(f"-|{WS}")
_TOOL_USE_KEYS = ("parent_tool_use_id", "parentToolUseId", "parentToolUseID", "tool_use_id", "toolUseId")
_STATUS_KEYS = ("status", "state", "result", "terminal_status", "terminalStatus")
_CONTENT_KEYS = ("content", "output", "result", "message")


class Replacement(Struct, gc=False):
    """The calls that a replacement tool stood for; `collapsed_calls` below 1 counts as none."""

    replaced_tools: Any = UNSET
    collapsed_calls: Any = UNSET


class ToolResults:
    """The tool results of one file, gathered line by line."""

    def __init__(self) -> None:
        self.errored: set[str] = set()
        self.replacements: dict[str, Replacement] = {}
        self.events: list[tuple[int, ToolResultEventRecord]] = []
        self._next_index = 0
        self._calls: dict[str, int] = {}

    def add(self, entry: Entry, blocks: list[Block], offset: int) -> None:
        """Take the `tool_result` blocks of a user line whose tool ids are texts."""
        session_id = entry.session_id
        makes_events = type(session_id) is str and session_id
        for block in blocks:
            tool_id = block.tool_use_id
            if block.is_error is True:
                self.errored.add(tool_id)
            plain = block.meta is None and type(block.content) is str
            replacement = None if plain else _replacement(block)
            if not tool_id:
                continue
            if replacement is not None:
                self.replacements[tool_id] = replacement
            if makes_events:
                self._add_event(entry, block, replacement, offset)

    def count(self, entry: Entry, blocks: list[Block]) -> None:
        """Count the events of a user line of the prefix, so that numbering continues."""
        if type(entry.session_id) is str and entry.session_id:
            for block in blocks:
                if block.tool_use_id:
                    self._number(block.tool_use_id)

    def add_notification(self, line: dict[str, Any], offset: int) -> None:
        """Take a system line that tells how a subagent fares; others are ignored."""
        found = _notification(line)
        if found is None:
            return
        session_id, tool_id, agent_id, subagent_session_id = found
        status = _status(line)
        content = next((line[key] for key in _CONTENT_KEYS if key in line), None)
        call_index, event_index = self._number(tool_id)
        event = ToolResultEventRecord(
            source=SOURCE,
            session_id=session_id,
            tool_use_id=tool_id,
            call_index=call_index,
            event_index=event_index,
            ts=first_text(line.get("timestamp"), line.get("ts")) or UNSET,
            status=status,
            event_source="subagent_notification",
            is_error=True if status == "errored" else UNSET,
            subagent_session_id=subagent_session_id or UNSET,
            agent_id=agent_id or UNSET,
        )
        _measure(event, content)
        self.events.append((offset, event))

    def count_notification(self, line: dict[str, Any]) -> None:
        """Count a notification of the prefix, so that numbering continues."""
        found = _notification(line)
        if found is not None:
            self._number(found[1])

    def _number(self, tool_id: str) -> tuple[int, int]:
        call_index = self._calls.get(tool_id, 0)
        self._calls[tool_id] = call_index + 1
        event_index = self._next_index
        self._next_index = event_index + 1
        return call_index, event_index

    def _add_event(self, entry: Entry, block: Block, replacement: Replacement | None, offset: int) -> None:
        call_index, event_index = self._number(block.tool_use_id)
        failed = block.is_error is True
        event = ToolResultEventRecord(
            source=SOURCE,
            session_id=entry.session_id,
            message_id=entry.uuid if type(entry.uuid) is str else UNSET,
            tool_use_id=block.tool_use_id,
            call_index=call_index,
            event_index=event_index,
            ts=entry.timestamp if type(entry.timestamp) is str else UNSET,
            status="errored" if failed else "completed",
            event_source="tool_result",
            is_error=True if failed else UNSET,
        )
        _measure(event, block.content)
        if replacement is not None:
            event.replaced_tools, event.collapsed_calls = replacement.replaced_tools, replacement.collapsed_calls
        self.events.append((offset, event))


def stamp_spawned(events: list[ToolResultEventRecord], turns: Iterable[TurnRecord]) -> list[ToolResultEventRecord]:
    """`events` with the id of the spawned agent on those of a spawning call; the first turn of a call wins."""
    agents: dict[str, str] = {}
    for turn in turns:
        subagent = turn.subagent
        if subagent is not UNSET and subagent.parent_tool_use_id and subagent.agent_id:
            agents.setdefault(subagent.parent_tool_use_id, subagent.agent_id)
    if not agents:
        return events
    return [
        replace(event, agent_id=agents[event.tool_use_id]) if event.tool_use_id in agents else event for event in events
    ]


def _measure(event: ToolResultEventRecord, content: Any) -> None:
    if content is None:
        return
    text = content if type(content) is str else measured_text(content)
    event.content_length = utf16_length(text)
    event.content_hash = content_hash(text)


def _replacement(block: Block) -> Replacement | None:
    found = _pick(block.meta)
    if found is None and type(block.content) is list:
        for item in block.content:
            if type(item) is dict and (found := _pick(item.get("_meta"))) is not None:
                break
    return found


def _pick(meta: Any) -> Replacement | None:
    if type(meta) is not dict:
        return None
    replaces = meta.get("replaces")
    names = [name for name in replaces if type(name) is str and name] if type(replaces) is list else []
    count = meta.get("collapsedCalls")
    counts = is_number(count) and 0 < count < math.inf
    if not names and not counts:
        return None
    return Replacement(names or UNSET, (normalize(math.floor(count)) or UNSET) if counts else UNSET)


def _notification(line: dict[str, Any]) -> tuple[str, str, str | None, str | None] | None:
    session_id = first_text(line.get("sessionId"), line.get("session_id"))
    tool_id = first_text(*map(line.get, _TOOL_USE_KEYS))
    agent_id = first_text(line.get("agent_id"), line.get("agentId"))
    subagent_session_id = first_text(line.get("subagent_session_id"), line.get("subagentSessionId"))
    if session_id is None or tool_id is None or (agent_id is None and subagent_session_id is None):
        return None
    return session_id, tool_id, agent_id, subagent_session_id


def _status(line: dict[str, Any]) -> str:
    if line.get("is_error") is True or line.get("isError") is True:
        return "errored"
    text = first_text(*map(line.get, _STATUS_KEYS))
    if text is not None and (status := _STATUSES.get(_SEPARATOR.sub("_", text.lower()))):
        return status
    success = line.get("success")
    if success is True:
        return "completed"
    return "errored" if success is False else "unknown"
