"""Listening to one event stream until it ends.

In: where the stream is, and what to call for its events. Out: `StreamReport`, or the error that ended it
(reader-opencode-stream.md 9). One request is made; nobody reconnects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from relayburn import jsjson
from relayburn.errors import EventStreamRefused, EventTooLarge
from relayburn.reader.opencode_stream.address import build_opencode_event_headers, resolve_opencode_event_url
from relayburn.reader.opencode_stream.events import is_opencode_ingest_hint
from relayburn.reader.opencode_stream.sse import SseEvent, SseReader, parse_sse_event
from relayburn.reader.opencode_stream.transport import EventTransport, HttpTransport
from relayburn.records import Record

OnEvent = Callable[[SseEvent, Any], None]
"""Called with each event and its payload: the JSON value of its data, or the data itself where that is no JSON."""

OnIngestHint = Callable[[Any], None]
"""Called with the payload of an event after which OpenCode's files may have changed."""

MAX_EVENT_CHARS = 64 * 1024 * 1024


class EventStreamOptions(Struct, frozen=True, kw_only=True):
    """Which stream to listen to, and from where on.

    `env` is the process's environment unless given. An event of more than `max_event_chars` characters ends the stream.
    """

    base_url: str | None = None
    global_events: bool = False
    last_event_id: str | None = None
    env: Mapping[str, str] | None = None
    max_event_chars: int = MAX_EVENT_CHARS

    @property
    def url(self) -> str:
        """The URL of the stream. Raises `InvalidUrl`."""
        return resolve_opencode_event_url(self.base_url, global_events=self.global_events, env=self.env)


class StreamReport(Record, kw_only=True):
    """How many events came, and how many of them were hints."""

    events: int = 0
    wakeups: int = 0


async def consume_opencode_event_stream(
    options: EventStreamOptions | None = None,
    *,
    on_event: OnEvent | None = None,
    on_ingest_hint: OnIngestHint | None = None,
    transport: EventTransport | None = None,
) -> StreamReport:
    """Listen to a stream until the server ends it; no chunk is read before the calls for the last one have returned.

    Raises `InvalidUrl`, `EventStreamError` and whatever a call raises. Cancelling closes the connection; events that
    were received by then are still delivered.
    """
    options = options or EventStreamOptions()
    url = options.url
    headers = build_opencode_event_headers(options.env, last_event_id=options.last_event_id)
    delivery = _Delivery(on_event, on_ingest_hint)
    reader = SseReader()
    async with (transport or HttpTransport()).open(url, headers) as response:
        if not 200 <= response.status < 300:
            raise EventStreamRefused(
                url, f"OpenCode event stream {url} returned HTTP {response.status} {response.reason}"
            )
        if response.chunks is None:
            raise EventStreamRefused(url, f"OpenCode event stream {url} returned no response body")
        async for chunk in response.chunks:
            for frame in reader.feed(chunk):
                delivery.deliver(frame)
            if reader.pending_chars > options.max_event_chars:
                raise EventTooLarge(
                    url, f"OpenCode event stream {url} sent an event of over {options.max_event_chars} characters"
                )
        if (frame := reader.finish()) is not None:
            delivery.deliver(frame)
    return delivery.report


class _Delivery:
    """Hands frames to the callbacks and counts them."""

    def __init__(self, on_event: OnEvent | None, on_ingest_hint: OnIngestHint | None) -> None:
        self.report = StreamReport()
        self._on_event = on_event
        self._on_ingest_hint = on_ingest_hint

    def deliver(self, frame: str) -> None:
        event = parse_sse_event(frame)
        if event is None:
            return
        payload = _payload(event.data)
        self.report.events += 1
        if self._on_event:
            self._on_event(event, payload)
        if is_opencode_ingest_hint(payload):
            self.report.wakeups += 1
            if self._on_ingest_hint:
                self._on_ingest_hint(payload)


def _payload(data: str) -> Any:
    try:
        return jsjson.loads(data)
    except ValueError:
        return data
