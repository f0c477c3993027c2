"""The content of a log, verbatim, for content mode `full`.

In: user lines and assistant messages. Out: content records by the file position of their line; all content of a message
stands where its first line stands (reader-claude.md 6.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relayburn.jsjson import doubles_of, truthy
from relayburn.reader.claude.entries import Entry
from relayburn.reader.claude.links import SOURCE
from relayburn.reader.claude.messages import Message, copied
from relayburn.reader.claude.user_lines import Content
from relayburn.records import UNSET, ContentRecord, ContentToolResult, ContentToolUse

Place = Message | list[ContentRecord]


class ContentPlaces:
    """Where content stands in one file: a message at its first line, or the records of a user line."""

    def __init__(self) -> None:
        self.places: list[tuple[int, Place]] = []

    def add_user_line(self, entry: Entry, content: Content, offset: int) -> None:
        """Take a user line; one without session or uuid has no content."""
        if truthy(entry.session_id) and truthy(entry.uuid):
            self.places.append((offset, list(_user_records(entry, content))))

    def add_message(self, message: Message) -> None:
        """Keep the place of a message; its records are made when all its lines are read."""
        self.places.append((message.offset, message))


class NoContent(ContentPlaces):
    """Every content mode but `full`: nothing is kept."""

    def add_user_line(self, entry: Entry, content: Content, offset: int) -> None:
        """Keep nothing."""

    def add_message(self, message: Message) -> None:
        """Keep nothing."""


def records_at(place: Place) -> list[ContentRecord]:
    """The content records of one place."""
    return place if isinstance(place, list) else list(_message_records(place))


def _user_records(entry: Entry, content: Content) -> Iterator[ContentRecord]:
    about: dict[str, Any] = {
        "source": SOURCE,
        "session_id": copied(entry.session_id),
        "message_id": copied(entry.uuid),
        "ts": copied(entry.timestamp),
    }
    if isinstance(content, str):
        if content:
            yield ContentRecord(**about, role="user", kind="text", text=content)
        return
    for block in content or ():
        if block.type == "tool_result" and type(block.tool_use_id) is str:
            result = ContentToolResult(
                tool_use_id=block.tool_use_id,
                content="" if block.content is None else doubles_of(block.content),
                is_error=True if block.is_error is True else UNSET,
            )
            yield ContentRecord(**about, role="tool_result", kind="tool_result", tool_result=result)
        elif block.type == "text" and type(block.text) is str and block.text:
            yield ContentRecord(**about, role="user", kind="text", text=block.text)


def _message_records(message: Message) -> Iterator[ContentRecord]:
    if not truthy(message.session_id) or not message.id:
        return
    about: dict[str, Any] = {
        "source": SOURCE,
        "session_id": message.session_id,
        "message_id": message.id,
        "ts": message.ts,
        "role": "assistant",
    }
    for block in message.blocks:
        if block.type == "text" and type(block.text) is str and block.text:
            yield ContentRecord(**about, kind="text", text=block.text)
        elif block.type == "thinking" and type(block.thinking) is str and block.thinking:
            yield ContentRecord(**about, kind="thinking", text=block.thinking)
        elif block.type == "tool_use" and type(block.id) is str and type(block.name) is str:
            use = ContentToolUse(
                id=block.id, name=block.name, input={} if block.input is None else doubles_of(block.input)
            )
            yield ContentRecord(**about, kind="tool_use", tool_use=use)
