"""What one hook payload of Claude Code tells of a tool call or a subagent (ingest.md 8).

In: a payload. Out: at most one draft of an event, still without its place in the session, and at most one relationship,
both in wire form. A field counts only as a non-empty text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from relayburn.reader.hashing import content_hash
from relayburn.reader.user_turn import measured_text
from relayburn.text import utf16_length

Payload = Mapping[str, Any]
Wire = dict[str, Any]

SOURCE = "claude-code"

_TOOL = ("tool_use_id", "toolUseId", "parent_tool_use_id", "parentToolUseId")
_PARENT = (
    *("parent_tool_use_id", "parentToolUseId", "tool_use_id", "toolUseId"),
    *("agent_tool_use_id", "task_tool_use_id"),
)

_STATUS_WORDS = {
    "completed": "completed",
    "errored": "errored",
    "error": "errored",
    "failed": "errored",
    "failure": "errored",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}


def text_field(payload: Payload, *names: str) -> str | None:
    """The first of the fields that is a non-empty text."""
    return next((value for name in names if isinstance(value := payload.get(name), str) and value), None)


def draft_event(payload: Payload) -> Wire | None:
    """The event that the payload tells of, without session and indexes; None where it tells of none."""
    draft = _DRAFTS.get(text_field(payload, "hook_event_name") or "")
    return None if draft is None else draft(payload)


def relationship_of(payload: Payload, session_id: str) -> Wire | None:
    """The subagent relationship that a `SubagentStop` payload tells of."""
    agent_id = text_field(payload, "agent_id")
    if text_field(payload, "hook_event_name") != "SubagentStop" or agent_id is None:
        return None
    row = {
        "v": 1,
        "source": SOURCE,
        "sessionId": session_id,
        "relationshipType": "subagent",
        "relatedSessionId": text_field(payload, "parent_agent_id") or session_id,
        "agentId": agent_id,
        "parentToolUseId": text_field(payload, *_PARENT),
        "subagentType": text_field(payload, "agent_type"),
    }
    return {key: value for key, value in row.items() if value is not None}


def _call_begins(payload: Payload) -> Wire | None:
    tool = text_field(payload, *_TOOL)
    return None if tool is None else _event(tool, "running", "tool_result")


def _call_ends(payload: Payload) -> Wire | None:
    tool = text_field(payload, *_TOOL)
    if tool is None:
        return None
    answer = payload.get("tool_response")
    failed = isinstance(answer, dict) and (_says(answer, "is_error", "isError") or answer.get("success") is False)
    return _event(tool, "errored" if failed else "completed", "tool_result", measured=answer)


def _subagent_ends(payload: Payload) -> Wire | None:
    agent_id = text_field(payload, "agent_id")
    tool = text_field(payload, *_PARENT) or agent_id
    if tool is None:
        return None
    return _event(
        tool,
        _subagent_status(payload),
        "subagent_notification",
        measured=payload.get("last_assistant_message"),
        agent_id=agent_id,
    )


def _notification(payload: Payload) -> Wire | None:
    tool = text_field(payload, *_TOOL)
    return None if tool is None else _event(tool, "unknown", "progress_event", measured=payload.get("message"))


_DRAFTS: dict[str, Callable[[Payload], Wire | None]] = {
    "PreToolUse": _call_begins,
    "PostToolUse": _call_ends,
    "SubagentStop": _subagent_ends,
    "Notification": _notification,
}


def _event(
    tool_use_id: str, status: str, event_source: str, *, measured: Any = None, agent_id: str | None = None
) -> Wire:
    event: Wire = {"toolUseId": tool_use_id, "status": status, "eventSource": event_source}
    if measured is not None:
        text = measured_text(measured)
        event |= {"contentLength": utf16_length(text), "contentHash": content_hash(text)}
    if status == "errored":
        event["isError"] = True
    if agent_id is not None:
        event["agentId"] = agent_id
    return event


def _subagent_status(payload: Payload) -> str:
    word = _STATUS_WORDS.get(text_field(payload, "status") or "")
    if word is not None:
        return word
    if _says(payload, "is_error", "isError") or text_field(payload, "error", "error_message"):
        return "errored"
    return "cancelled" if _says(payload, "cancelled", "canceled", "interrupted") else "completed"


def _says(payload: Payload, *names: str) -> bool:
    return any(payload.get(name) is True for name in names)
