"""What was said: items `message` and `reasoning`.

In: such an item and the working state. Out: the texts by which the turn is classified, user blocks, and content records
in full mode (reader-codex.md 5.11 and 5.12). What the harness itself puts into a user message is left out.
"""

from __future__ import annotations

import re

from relayburn.reader.codex.entries import Block, Line, Payload
from relayburn.reader.codex.work import Work
from relayburn.reader.user_turn import text_block
from relayburn.text import WS

_BOILERPLATE = re.compile(
    rf"{WS}*+(?:(?ai:<environment_context|<permissions|<collaboration_mode)|<INSTRUCTIONS>|#{WS}*+(?ai:AGENTS\.md))"
)


def message(work: Work, line: Line, payload: Payload) -> None:
    """Take the text of the user or of the assistant; other roles are ignored."""
    if payload.role == "user":
        texts = [text for text in _texts(payload.content) if not _BOILERPLATE.match(text)]
        if texts:
            _user_message(work, line, "\n".join(texts))
    elif payload.role == "assistant" and work.turn is not None:
        texts = _texts(payload.content)
        if texts:
            text = "\n".join(texts)
            work.turn.assistant_texts.append(text)
            if work.keeps_content:
                work.add_content(line, "assistant", "text", text=text)


def _user_message(work: Work, line: Line, text: str) -> None:
    (work.pending_texts if work.turn is None else work.turn.user_texts).append(text)
    work.add_block(text_block(text, work.counter), line)
    if work.keeps_content:
        work.add_content(line, "user", "text", text=text)


def reasoning(work: Work, line: Line, payload: Payload) -> None:
    """Keep the reasoning that is readable as content; it counts for nothing else."""
    if work.turn is None or not work.keeps_content:
        return
    texts = [*_texts(payload.summary), *_texts(payload.content)]
    if texts:
        work.add_content(line, "assistant", "thinking", text="\n".join(texts))


def _texts(blocks: list[Block] | str | None) -> list[str]:
    """The non-empty texts of a block list, whatever the blocks' types."""
    if not isinstance(blocks, list):
        return []
    return [block.text for block in blocks if block.text]
