"""What was said and done in a turn, verbatim.

In: a dialogue and the index of an assistant message. Out: `ContentRecord`s: the prompt that it answers, then its own
texts, calls and results in part order (reader-opencode.md 10). A prompt is repeated for every message that answers it.
"""

from __future__ import annotations

from collections.abc import Iterator

from relayburn.reader.opencode.dialogue import Dialogue
from relayburn.reader.opencode.message import Message
from relayburn.reader.opencode.parts import TextPart, ToolPart
from relayburn.reader.opencode.timestamps import iso
from relayburn.records import UNSET, ContentRecord, ContentToolResult, ContentToolUse


def content_of(dialogue: Dialogue, index: int) -> Iterator[ContentRecord]:
    """The content of the turn at `index`. Raises `InvalidTime`."""
    message = dialogue.assistants[index]
    prompt = dialogue.prompt_of(message)
    if prompt:
        for part in dialogue.parts_of(prompt).texts:
            if not part.synthetic:
                yield _text(part, prompt, message.session_id)
    ts = iso(message.created)
    for part in dialogue.parts_of(message).pieces:
        if isinstance(part, ToolPart):
            if part.is_call:
                yield from _call_and_result(part, message, ts)
        elif not part.synthetic:
            yield _text(part, message, message.session_id)


def _text(part: TextPart, author: Message, session_id: str) -> ContentRecord:
    return ContentRecord(
        source="opencode",
        session_id=session_id,
        message_id=author.id,
        ts=iso(author.created),
        role=author.role,
        kind="text",
        text=part.text,
    )


def _call_and_result(part: ToolPart, message: Message, ts: str) -> Iterator[ContentRecord]:
    yield ContentRecord(
        source="opencode",
        session_id=message.session_id,
        message_id=message.id,
        ts=ts,
        role="assistant",
        kind="tool_use",
        tool_use=ContentToolUse(id=part.call_id, name=part.name, input=part.input),
    )
    if part.output is UNSET:
        return
    yield ContentRecord(
        source="opencode",
        session_id=message.session_id,
        message_id=message.id,
        ts=ts,
        role="tool_result",
        kind="tool_result",
        tool_result=ContentToolResult(
            tool_use_id=part.call_id,
            content="" if part.output is None else part.output,
            is_error=True if part.failed else UNSET,
        ),
    )
