"""The lines that open and close a turn: `task_started` and `task_complete`.

In: such a line and the working state. Out: closed turns and user turns in its queues; a completed turn is a commit
(reader-codex.md 5.5-5.7 and 6.3).
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from relayburn.jsjson import as_doubles, truthy
from relayburn.reader.codex.entries import Line, Payload
from relayburn.reader.codex.open_turn import OpenTurn
from relayburn.reader.codex.resume import LastCompletedTurn, UserTurnSlot
from relayburn.reader.codex.work import Work
from relayburn.records import UserTurnBlock, UserTurnRecord


def task_started(work: Work, line: Line, payload: Payload) -> None:
    """Open a turn. One that is still open was interrupted: it counts, but its results and rows do not."""
    turn_id = payload.turn_id
    if turn_id is None:
        return
    if work.turn is not None:
        work.found.turns.append(work.turn.close(work.totals))
    if work.slot.blocks:
        work.found.user_turns.append(_user_turn(work, turn_id, line))
    work.slot = UserTurnSlot()
    context = work.contexts.get(turn_id) or {}
    model, cwd = context.get("model"), context.get("cwd")
    for record in work.pending_content:
        record.message_id = turn_id
    work.turn = OpenTurn(
        turn_id=turn_id,
        ts=line.time,
        model="" if model is None else as_doubles(model),
        project=work.session_cwd if cwd is None else cwd,
        start=work.totals,
        user_texts=work.pending_texts,
        content=work.pending_content,
    )
    work.pending_texts = []
    work.pending_content = []


def _user_turn(work: Work, following: str, line: Line) -> UserTurnRecord:
    slot = work.slot
    preceding = slot.preceding_message_id
    return UserTurnRecord(
        source="codex",
        session_id=work.session_id,
        user_uuid=f"{work.session_id}:{'start' if preceding is UNSET else preceding}->{following}",
        ts=slot.ts if truthy(slot.ts) else line.time,
        blocks=slot.blocks,
        preceding_message_id=preceding,
        following_message_id=following,
    )


def task_complete(work: Work, line: Line, payload: Payload) -> None:
    """Close the open turn if this names it, mark its failed results, and commit."""
    turn = work.turn
    if turn is None or payload.turn_id != turn.turn_id:
        return
    work.slot.blocks = [_marked(block, turn.errored_ids) for block in work.slot.blocks]
    for event in turn.events:
        if event.tool_use_id in turn.errored_ids:
            event.status = "errored"
            event.is_error = True
        elif event.status == "unknown":
            event.status = "completed"
    work.found.tool_result_events += turn.events
    work.found.relationships += turn.relationships
    work.slot.preceding_message_id = turn.turn_id
    closed = turn.close(work.totals)
    work.found.turns.append(closed)
    work.last_completed = LastCompletedTurn(message_id=turn.turn_id, cache_read=as_doubles(closed.used.cache_read))
    work.turn = None
    work.commit()


def _marked(block: UserTurnBlock, errored_ids: Any) -> UserTurnBlock:
    if block.kind != "tool_result" or block.tool_use_id not in errored_ids:
        return block
    return msgspec.structs.replace(block, is_error=True)
