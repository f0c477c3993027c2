"""What went back to the model before an assistant message.

In: the gap before it, and the tool results that it is told of. Out: a `UserTurnRecord`, or None when nothing went back
(reader-opencode.md 6, user-turns.md 7).
"""

from __future__ import annotations

from collections.abc import Iterable

from relayburn.reader.opencode.dialogue import Dialogue
from relayburn.reader.opencode.parts import ToolPart
from relayburn.reader.opencode.timestamps import iso
from relayburn.reader.user_turn import TokenCounter, text_block, tool_result_block
from relayburn.records import UNSET, UserTurnRecord


def user_turn_before(
    dialogue: Dialogue, index: int, results: Iterable[ToolPart], counter: TokenCounter
) -> UserTurnRecord | None:
    """The user turn before the assistant message at `index`: `results` of the one before, then the prompt's texts.

    Raises `SpecialToken` as `counter` does, and `InvalidTime`.
    """
    gap = dialogue.gap_before(index)
    message = dialogue.assistants[index]
    blocks = [tool_result_block(part.call_id, part.measured, part.failed, counter) for part in results]
    if gap.prompt:
        blocks += [text_block(part.text, counter) for part in dialogue.parts_of(gap.prompt).texts]
    if not blocks:
        return None
    preceding = gap.previous.id if gap.previous else UNSET
    session_id = dialogue.session.id
    return UserTurnRecord(
        source="opencode",
        session_id=session_id,
        user_uuid=gap.prompt.id if gap.prompt else f"{session_id}:{preceding}->{message.id}",
        ts=iso(gap.prompt.created if gap.prompt else message.created),
        blocks=blocks,
        preceding_message_id=preceding,
        following_message_id=message.id,
    )
