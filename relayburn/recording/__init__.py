"""Recordings: what was asked and what was answered, one JSON object a line.

`RecordedExchange` is one line, `RecordingWriter` appends lines, `ReplayReader` gives them back in file
order, `schema` and `validate` say what a line may be. The form is described in docs/recordings.md.
"""

from __future__ import annotations

from relayburn.recording.exchange import RecordedExchange
from relayburn.recording.reader import ReplayReader, TornLine
from relayburn.recording.schema import schema, validate
from relayburn.recording.writer import RecordingWriter

__all__ = ["RecordedExchange", "RecordingWriter", "ReplayReader", "TornLine", "schema", "validate"]
