"""What came back: tool outputs, ends of commands and patches, notifications of subagents.

In: such a line and the working state. Out: tool result events, user blocks and content records; which calls of the open
turn failed and which files it touched (reader-codex.md 5.8-5.10 and 5.15).
"""

from __future__ import annotations

from msgspec import UNSET

from relayburn.jsjson import as_doubles, property_order
from relayburn.jsnum import is_number
from relayburn.reader.codex.entries import Line, Payload
from relayburn.reader.codex.open_turn import OpenTurn
from relayburn.reader.codex.spawns import child_id_of_output
from relayburn.reader.codex.work import Work
from relayburn.reader.hashing import content_hash
from relayburn.reader.user_turn import measured_text, tool_result_block
from relayburn.records import ContentToolResult
from relayburn.text import utf16_length

_STATUS_OF_TEXT = {
    "errored": "errored",
    "failed": "errored",
    "error": "errored",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}


def tool_output(work: Work, line: Line, payload: Payload) -> None:
    """The output of a call, inside or outside a turn, whether or not the call was seen."""
    call_id, output, turn = payload.call_id, payload.output, work.turn
    if call_id is None:
        return
    text = measured_text(output)
    work.add_block(tool_result_block(call_id, text, UNSET, work.counter), line)
    failed = turn is not None and call_id in turn.errored_ids
    event = work.add_event(line, call_id, "errored" if failed else "unknown", "function_call_output")
    if output is not None:
        event.content_length = utf16_length(text)
        event.content_hash = content_hash(text)
    if turn is not None and (spawn := turn.spawns.get(call_id)):
        child = child_id_of_output(output)
        if child is not None:
            spawn.child_id = event.agent_id = event.subagent_session_id = child
        spawn.tell(turn.relationships, work.session_id, line.time)
    if work.keeps_content:
        content = "" if output is None else as_doubles(output)
        tool_result = ContentToolResult(tool_use_id=call_id, content=content)
        work.add_content(line, "tool_result", "tool_result", tool_result=tool_result)


def subagent_notification(work: Work, line: Line, payload: Payload) -> None:
    """A subagent has ended."""
    call_id, turn = payload.call_id, work.turn
    if not call_id:
        return
    event = work.add_event(line, call_id, _notified_status(payload), "subagent_notification")
    child = payload.agent_id or payload.subagent_id or payload.session_id
    if not child:
        return
    event.agent_id = event.subagent_session_id = child
    spawn = None if turn is None else turn.spawns.get(call_id)
    if turn is not None and spawn is not None and spawn.child_id is None:
        spawn.child_id = child
        spawn.tell(turn.relationships, work.session_id, line.time)


def _notified_status(payload: Payload) -> str:
    if isinstance(payload.success, bool):
        return "completed" if payload.success else "errored"
    return _STATUS_OF_TEXT.get((payload.status or "").lower(), "completed")


def exec_command_end(work: Work, line: Line, payload: Payload) -> None:
    """A command of the open turn ended; any exit code but 0 is a failure."""
    turn = _turn_named(work, payload)
    if turn is not None and is_number(payload.exit_code) and payload.exit_code != 0:
        _mark_failed(turn, payload)


def patch_apply_end(work: Work, line: Line, payload: Payload) -> None:
    """A patch of the open turn ended; unless it failed, its files were touched."""
    turn = _turn_named(work, payload)
    if turn is None:
        return
    if payload.success is False:
        _mark_failed(turn, payload)
    elif payload.changes is not None:
        turn.files_touched.update(dict.fromkeys(property_order(payload.changes)))


def _turn_named(work: Work, payload: Payload) -> OpenTurn | None:
    """The open turn, if the line is about it."""
    return work.turn if work.turn is not None and payload.turn_id == work.turn.turn_id else None


def _mark_failed(turn: OpenTurn, payload: Payload) -> None:
    if payload.call_id is not None:
        turn.errored_ids.add(payload.call_id)
