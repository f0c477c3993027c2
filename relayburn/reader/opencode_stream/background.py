"""Listening to an event stream in the background.

In: where the stream is, and what to call. Out: `OpencodeEventStream`, which can be stopped (reader-opencode-stream.md 9).
It runs in a thread of its own, and all calls but `on_open` come from there.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from relayburn.errors import EventStreamClosed
from relayburn.reader.opencode_stream.consume import (
    EventStreamOptions,
    OnEvent,
    OnIngestHint,
    consume_opencode_event_stream,
)
from relayburn.reader.opencode_stream.transport import EventTransport

OnOpen = Callable[[str], None]
OnError = Callable[[Exception], None]


def start_opencode_event_stream(
    options: EventStreamOptions | None = None,
    *,
    on_event: OnEvent | None = None,
    on_ingest_hint: OnIngestHint | None = None,
    on_open: OnOpen | None = None,
    on_error: OnError,
    transport: EventTransport | None = None,
) -> OpencodeEventStream:
    """Listen to a stream in the background, once: it is never opened again.

    `on_open` is called with the URL before the request is made. `on_error` is called once when the stream fails or the
    server ends it (`EventStreamClosed`), but not when `stop` ended it. Raises `InvalidUrl`.
    """
    options = options or EventStreamOptions()
    url = options.url
    if on_open:
        on_open(url)

    async def consume() -> None:
        await consume_opencode_event_stream(
            options, on_event=on_event, on_ingest_hint=on_ingest_hint, transport=transport
        )

    return OpencodeEventStream(url, consume, on_error)


class OpencodeEventStream:
    """A stream that is being listened to, at `url`."""

    def __init__(self, url: str, consume: Callable[[], Coroutine[Any, Any, None]], on_error: OnError) -> None:
        self.url = url
        self._consume = consume
        self._on_error = on_error
        self._lock = threading.Lock()
        self._stopped = False
        self._abort: Callable[[], object] | None = None
        # A daemon, so that a server that never ends its stream does not keep the process alive.
        self._thread = threading.Thread(target=self._run, name="opencode-event-stream", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the connection and wait until nothing more is called; what had been received is still delivered.

        From within a call of the stream itself it does not wait.
        """
        with self._lock:
            self._stopped = True
            if self._abort:
                self._abort()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the stream has ended by itself, at most `timeout` seconds; true when it has."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        with suppress(asyncio.CancelledError):
            asyncio.run(self._listen())

    async def _listen(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        with self._lock:
            if self._stopped or task is None:
                return
            self._abort = lambda: loop.call_soon_threadsafe(task.cancel)
        try:
            await self._consume()
        except Exception as error:  # noqa: BLE001 - whatever ended the stream, a failing call too, is told
            self._on_error(error)
        else:
            if not self._stopped:
                self._on_error(EventStreamClosed(self.url, "connection closed"))
        finally:
            with self._lock:
                self._abort = None
