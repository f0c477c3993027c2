"""Server-sent events: how bytes become events.

In: the chunks of a response body, cut anywhere. Out: frames, the texts between blank lines, and the events in them
(reader-opencode-stream.md 8 and 9). How the bytes were cut makes no difference.
"""

from __future__ import annotations

import codecs
import io
import re

from relayburn.records import UNSET, OptionalText, Record
from relayburn.text import trim

_BLANK_LINE = re.compile(r"\r?\n\r?\n")
_LINE_END = re.compile(r"\r?\n")
_LONGEST_BLANK_LINE = 4
_BYTE_ORDER_MARK = "\ufeff"


class SseSplit(Record, kw_only=True):
    """The complete frames of a text and what follows the last of them."""

    frames: list[str]
    rest: str


class SseEvent(Record, kw_only=True):
    """One event: its data, and its type and id where the frame gave them, possibly empty."""

    data: str
    event: OptionalText = UNSET
    id: OptionalText = UNSET


def split_sse_frames(buffer: str) -> SseSplit:
    """The frames of `buffer`, empty ones included. A lone carriage return ends no line."""
    *frames, rest = _BLANK_LINE.split(buffer)
    return SseSplit(frames=frames, rest=rest)


def parse_sse_event(block: str) -> SseEvent | None:
    """The event of one frame; None when it has no `data` line."""
    fields: dict[str, str] = {}
    data: list[str] = []
    for line in _LINE_END.split(block):
        if not line or line.startswith(":"):
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        else:
            fields[name] = value
    if not data:
        return None
    return SseEvent(data="\n".join(data), event=fields.get("event", UNSET), id=fields.get("id", UNSET))


class SseReader:
    """Turns the chunks of one body into frames, in time that grows with the bytes and not with their cuts."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._at_start = True
        self._begin("")

    def feed(self, chunk: bytes) -> list[str]:
        """The frames that `chunk` completes. `pending_chars` is then the length of the unfinished one."""
        text = self._decode(chunk)
        # What was pending holds no blank line, so a new one ends in `text` and reaches little before it.
        if not _BLANK_LINE.search(self._tail + text):
            self._keep(text)
            return []
        split = split_sse_frames(self._pending.getvalue() + text)
        self._begin(split.rest)
        return split.frames

    def finish(self) -> str | None:
        """The frame that the body's end completes; None when only white space was left."""
        self._keep(self._decode(b"", is_last=True))
        rest = self._pending.getvalue()
        return rest if trim(rest) else None

    def _begin(self, rest: str) -> None:
        self._pending = io.StringIO()
        self._tail = ""
        self.pending_chars = 0
        self._keep(rest)

    def _keep(self, text: str) -> None:
        self._pending.write(text)
        self._tail = (self._tail + text)[1 - _LONGEST_BLANK_LINE :]
        self.pending_chars += len(text)

    def _decode(self, chunk: bytes, *, is_last: bool = False) -> str:
        text = self._decoder.decode(chunk, is_last)
        if self._at_start and text:
            self._at_start = False
            return text.removeprefix(_BYTE_ORDER_MARK)
        return text
