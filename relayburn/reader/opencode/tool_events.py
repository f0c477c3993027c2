"""The results of a message's tool calls, as events.

In: a message and its terminal tool parts. Out: `ToolResultEventRecord`s, each with its share of the message's usage
(reader-opencode.md 8.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from relayburn.reader.hashing import content_hash
from relayburn.reader.opencode.message import Message
from relayburn.reader.opencode.parts import ToolPart
from relayburn.records import UNSET, ToolResultEventRecord, Usage
from relayburn.text import utf16_length


def indexed_results(terminal: list[ToolPart], results_of_call: Counter[str]) -> Iterator[tuple[ToolPart, int]]:
    """Each part with the number of results its call had before; counts on in `results_of_call`."""
    for part in terminal:
        yield part, results_of_call[part.call_id]
        results_of_call[part.call_id] += 1


def tool_result_event(
    message: Message, part: ToolPart, ts: str, *, share: Usage, results: int, call_index: int, event_index: int
) -> ToolResultEventRecord:
    """The event of one terminal part, one of `results` in its message."""
    measurable = part.output is not None
    return ToolResultEventRecord(
        source="opencode",
        session_id=message.session_id,
        message_id=message.id,
        tool_use_id=part.call_id,
        call_index=call_index,
        event_index=event_index,
        ts=ts,
        status="errored" if part.failed else "completed",
        event_source="tool_result",
        is_error=True if part.failed else UNSET,
        usage=share,
        usage_attribution="single-tool-turn" if results == 1 else "even-split-turn",
        content_length=utf16_length(part.measured) if measurable else UNSET,
        content_hash=content_hash(part.measured) if measurable else UNSET,
    )
