"""What a user line carries: its plain text, and the user turn it makes.

In: user lines and the ids of the assistant messages around them. Out: user turns, each linked to the message before and,
the newest one only, to the message after it (reader-claude.md 3 and 6.1).
"""

from __future__ import annotations

from typing import Any

from relayburn.jsjson import truthy
from relayburn.reader.claude.entries import Block, Entry
from relayburn.reader.claude.links import SOURCE
from relayburn.reader.claude.messages import copied
from relayburn.reader.user_turn import TokenCounter, text_block, tool_result_block
from relayburn.records import UNSET, UserTurnBlock, UserTurnRecord

Content = list[Block] | str | None


def content_of(entry: Entry) -> Content:
    """The `message.content` of a line."""
    return None if entry.message is None else entry.message.content


def plain_text(content: Content) -> str:
    """What a person (or the harness in their place) wrote in a line; "" for none."""
    if isinstance(content, str):
        return content
    if not content:
        return ""
    return "\n".join(block.text for block in content if block.type == "text" and type(block.text) is str and block.text)


def tool_results(content: Content) -> list[Block]:
    """The `tool_result` blocks of a line whose tool id is a text."""
    if not isinstance(content, list):
        return []
    return [block for block in content if block.type == "tool_result" and type(block.tool_use_id) is str]


class UserTurns:
    """The user turns of one file, gathered line by line; `counter` gives the tokens of each block."""

    def __init__(self, counter: TokenCounter) -> None:
        self.counter = counter
        self.records: list[tuple[int, UserTurnRecord]] = []
        self.pending: UserTurnRecord | None = None
        self._pending_content: Content = None

    def add(self, entry: Entry, content: Content, offset: int, preceding_message_id: str | None) -> None:
        """Take a user line; one without session, uuid or blocks makes no turn."""
        session_id, uuid = entry.session_id, entry.uuid
        if not (session_id or truthy(session_id)) or not (uuid or truthy(uuid)):
            return
        blocks = self._blocks(content)
        if not blocks:
            return
        self.pending = UserTurnRecord(
            source=SOURCE,
            session_id=copied(session_id),
            user_uuid=copied(uuid),
            ts=copied(entry.timestamp),
            blocks=blocks,
            preceding_message_id=UNSET if preceding_message_id is None else preceding_message_id,
        )
        self._pending_content = content
        self.records.append((offset, self.pending))

    def link(self, message_id: str) -> None:
        """A message new to this call answers the pending turn."""
        if self.pending is not None:
            self.pending.following_message_id = message_id
            self.pending = None

    def measure_from_here(self, counter: TokenCounter) -> None:
        """Count with `counter` from now on, and the pending turn again, because it may still change."""
        self.counter = counter
        if self.pending is not None:
            self.pending.blocks = self._blocks(self._pending_content)

    def _blocks(self, content: Content) -> list[UserTurnBlock]:
        if isinstance(content, str):
            return [text_block(content, self.counter)] if content else []
        blocks: list[UserTurnBlock] = []
        for block in content or ():
            if block.type == "tool_result" and type(block.tool_use_id) is str:
                failed: Any = block.is_error is True
                blocks.append(tool_result_block(block.tool_use_id, block.content, failed, self.counter))
            elif block.type == "text" and type(block.text) is str and block.text:
                blocks.append(text_block(block.text, self.counter))
        return blocks
