"""The event stream of an OpenCode server, beside a watch (cli.md 12, reader-opencode-stream.md 9).

In: a `Shell`, where the stream is, and what to do when session files may have changed. Out: a context in which it is
listened to; a stream that fails or ends is told of, and the watch goes on without it.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from relayburn.cli.shell import Shell
from relayburn.ingest.event_stream import StreamIngest
from relayburn.ingest.report import IngestReport
from relayburn.reader.opencode_stream import (
    EventResponse,
    EventStreamOptions,
    HttpTransport,
    SseEvent,
    start_opencode_event_stream,
)
from relayburn.reader.opencode_stream.address import DEFAULT_SERVER_URL

_CONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """The server's `url`, None for the environment's; `global_events` asks for those of all projects."""

    url: str | None = None
    global_events: bool = False


@contextmanager
def listen(
    shell: Shell, options: StreamOptions, tick: Callable[[], None], hear: Callable[[IngestReport], None]
) -> Generator[None]:
    """Listen to the stream; `tick` is called where files may have changed, `hear` of what the stream itself told.

    It is entered when the server has answered or failed, so that a pass made in it misses nothing that happened before
    the first event. Raises `InvalidUrl`.
    """
    url = options.url
    address = shell.environ.get("OPENCODE_SERVER_URL", DEFAULT_SERVER_URL) if url is None else url
    ingest = StreamIngest(
        shell.home, address, global_events=options.global_events, log=shell.tell, semantics=shell.semantics
    )
    answered = threading.Event()

    def on_event(event: SseEvent, payload: Any) -> None:
        if turns := ingest.take(payload, event.id or None):
            hear(IngestReport(ingested_sessions=1, appended_turns=turns))

    def on_error(error: Exception) -> None:
        shell.tell(f"[burn] ingest: OpenCode event stream unavailable ({error}); polling continues")
        answered.set()

    stream = start_opencode_event_stream(
        EventStreamOptions(
            base_url=address,
            global_events=options.global_events,
            last_event_id=ingest.last_event_id,
            env=shell.environ,
        ),
        on_event=on_event,
        on_ingest_hint=lambda _payload: tick(),
        on_open=lambda opened: shell.tell(f"[burn] ingest: OpenCode event stream {opened}"),
        on_error=on_error,
        transport=_Announced(HttpTransport(), answered),
    )
    try:
        answered.wait(_CONNECT_S)
        yield
    finally:
        stream.stop()


@dataclass(frozen=True, slots=True)
class _Announced:
    """A transport that says when the server has answered well."""

    transport: HttpTransport
    answered: threading.Event

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[EventResponse, None]:
        """Ask for `url`."""
        async with self.transport.open(url, headers) as response:
            if 200 <= response.status < 300:
                self.answered.set()
            yield response
