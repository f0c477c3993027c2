"""The reader of a running OpenCode's event stream (reader-opencode-stream.md).

In: the events of its bus, from an SSE stream. Out: the same records as the file reader's, given as soon as a session falls
idle, and a cursor with which a later stream goes on.
"""

from relayburn.reader.opencode_stream.address import build_opencode_event_headers, resolve_opencode_event_url
from relayburn.reader.opencode_stream.background import OpencodeEventStream, start_opencode_event_stream
from relayburn.reader.opencode_stream.consume import EventStreamOptions, StreamReport, consume_opencode_event_stream
from relayburn.reader.opencode_stream.cursor import StreamCursor, load_cursor
from relayburn.reader.opencode_stream.events import is_opencode_ingest_hint
from relayburn.reader.opencode_stream.ingestor import OpencodeStreamIngestor, StreamIncrement
from relayburn.reader.opencode_stream.sse import SseEvent, SseSplit, parse_sse_event, split_sse_frames
from relayburn.reader.opencode_stream.transport import EventResponse, EventTransport, HttpTransport

__all__ = [
    "EventResponse",
    "EventStreamOptions",
    "EventTransport",
    "HttpTransport",
    "OpencodeEventStream",
    "OpencodeStreamIngestor",
    "SseEvent",
    "SseSplit",
    "StreamCursor",
    "StreamIncrement",
    "StreamReport",
    "build_opencode_event_headers",
    "consume_opencode_event_stream",
    "is_opencode_ingest_hint",
    "load_cursor",
    "parse_sse_event",
    "resolve_opencode_event_url",
    "split_sse_frames",
    "start_opencode_event_stream",
]
