"""The stages of the OpenCode event-stream reader (reader-opencode-stream.md).

The transport is fed by the recording: a body cut into chunks, a status, or a failure, and every call is noted in order.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from conformance.stages.registry import Request, stage
from relayburn import jsjson
from relayburn.errors import EventStreamInterrupted, InvalidInput, InvalidProject, InvalidTime, RelayburnError
from relayburn.jsnum import is_number, number_text
from relayburn.reader.opencode_stream import (
    EventResponse,
    EventStreamOptions,
    OpencodeStreamIngestor,
    SseEvent,
    build_opencode_event_headers,
    consume_opencode_event_stream,
    is_opencode_ingest_hint,
    load_cursor,
    parse_sse_event,
    resolve_opencode_event_url,
    split_sse_frames,
    start_opencode_event_stream,
)
from relayburn.records import UNSET, to_wire
from relayburn.text import utf8


@stage("relayburn.reader.opencode_stream.split_sse_frames")
def frames(request: Request) -> Any:
    """The frames of a text."""
    return to_wire(split_sse_frames(request.args["buffer"]))


@stage("relayburn.reader.opencode_stream.parse_sse_event")
def sse_event(request: Request) -> Any:
    """The event of a frame."""
    return to_wire(parse_sse_event(request.args["block"]))


@stage("relayburn.reader.opencode_stream.is_opencode_ingest_hint")
def ingest_hint(request: Request) -> Any:
    """Whether an event wakes ingest."""
    return is_opencode_ingest_hint(request.args.get("payload"))


@stage("relayburn.reader.opencode_stream.resolve_opencode_event_url")
def event_url(request: Request) -> Any:
    """The URL of a stream."""
    options = request.args.get("opts") or {}
    return resolve_opencode_event_url(
        request.args.get("baseUrl"), global_events=options.get("global") is True, env=options.get("env")
    )


@stage("relayburn.reader.opencode_stream.build_opencode_event_headers")
def event_headers(request: Request) -> Any:
    """The headers of the request for a stream."""
    options = request.args.get("opts") or {}
    return build_opencode_event_headers(request.args.get("env"), last_event_id=options.get("lastEventId"))


@stage("relayburn.reader.opencode_stream.create_opencode_stream_ingestor")
def ingested(request: Request) -> Any:
    """What an ingestor makes of a file of events, one call each; a call that fails does not end it."""
    config = request.config
    ingestor = OpencodeStreamIngestor(
        content_mode=config.get("contentMode", "full"),
        tokenizer=config.get("tokenizer", UNSET),
        cursor=load_cursor(config.get("cursor")),
        semantics=request.semantics,
    )
    results = [_ingest(ingestor, call) for call in _event_lines(request)]
    return _as_json({"results": results, "snapshotCursor": to_wire(ingestor.snapshot_cursor())})


def _event_lines(request: Request) -> list[Any]:
    lines = (request.root / request.args["events"]).read_bytes().split(b"\n")
    return [jsjson.loads(line) for line in lines if line.strip()]


def _ingest(ingestor: OpencodeStreamIngestor, call: dict[str, Any]) -> Any:
    try:
        return to_wire(ingestor.ingest(call.get("payload"), call.get("eventId")))
    except RelayburnError as error:
        return {"error": _reference_error(error)}


def _as_json(wire: Any) -> Any:
    """A wire value as its JSON text reads: verbatim numbers become doubles, and those beyond them null."""
    return jsjson.loads(jsjson.compact(wire))


def _reference_error(error: Exception) -> dict[str, str]:
    """How the reference's JavaScript names an error of ours."""
    if isinstance(error, InvalidProject):
        return {
            "name": "TypeError",
            "message": f'The "paths[0]" argument must be of type string. Received {_received(error.cwd)}',
        }
    return {"name": "RangeError" if isinstance(error, InvalidTime) else "Error", "message": str(error)}


def _received(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"an instance of {'Array' if isinstance(value, list) else 'Object'}"
    if is_number(value):
        return f"type number ({number_text(value)})"
    return f"type boolean ({str(value).lower()})"


@stage("relayburn.reader.opencode_stream.consume_opencode_event_stream")
def consumed(request: Request) -> Any:
    """What one call to listen did, in order, and its report."""
    heard = _Listener(request, has_signal=False)
    report = asyncio.run(
        consume_opencode_event_stream(
            heard.options, on_event=heard.on_event, on_ingest_hint=heard.on_ingest_hint, transport=heard
        )
    )
    return _as_json({"report": to_wire(report), "calls": heard.calls})


@stage("relayburn.reader.opencode_stream.start_opencode_event_stream")
def started(request: Request) -> Any:
    """What a stream in the background did until it ended, fell silent or was stopped."""
    heard = _Listener(request, has_signal=True)
    stream = start_opencode_event_stream(
        heard.options,
        on_event=heard.on_event,
        on_ingest_hint=heard.on_ingest_hint,
        on_open=heard.on_open,
        on_error=heard.on_error,
        transport=heard,
    )
    while not heard.waits.wait(0.002) and not stream.wait(0):
        pass
    stream.stop()
    heard.calls.append({"call": "stopped" if heard.response.get("stop") else "idle-wait-over"})
    return _as_json({"calls": heard.calls})


class _Listener:
    """Notes every call, and is the transport that answers as the recording says.

    A response that hangs, or is to be stopped, gives its body and then nothing; `waits` is set from then on.
    """

    def __init__(self, request: Request, *, has_signal: bool) -> None:
        config = request.config
        self.options = EventStreamOptions(
            base_url=config.get("baseUrl"),
            global_events=config.get("global") is True,
            last_event_id=config.get("lastEventId"),
            env=config.get("env"),
        )
        self.response: dict[str, Any] = request.args.get("response") or {}
        self.calls: list[Any] = []
        self.waits = threading.Event()
        self._request = request
        self._has_signal = has_signal
        self._events = 0

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[EventResponse, None]:
        self.calls.append({"call": "fetch", "url": url, "headers": dict(headers), "hasSignal": self._has_signal})
        if "fetchThrows" in self.response:
            raise EventStreamInterrupted(url, self.response["fetchThrows"])
        status = self.response.get("status", 200)
        yield EventResponse(status, self.response.get("statusText", ""), self._chunks())

    def _chunks(self) -> AsyncIterator[bytes] | None:
        if self.response.get("body", "") is None:
            return None
        return self._body()

    async def _body(self) -> AsyncIterator[bytes]:
        body = utf8(self.response.get("body", "")) if self.response else self._request.path().read_bytes()
        start = 0
        for end in [*_cuts(self._request.args.get("chunkCuts", []), body), len(body)]:
            yield body[start:end]
            start = end
        if self.response.get("hang") or self.response.get("stop"):
            self.waits.set()
            await asyncio.Event().wait()

    def on_open(self, url: str) -> None:
        self.calls.append({"call": "onOpen", "url": url})

    def on_event(self, event: SseEvent, payload: Any) -> None:
        self.calls.append({"call": "onEvent", "event": to_wire(event), "payload": payload})
        self._events += 1
        if self._events == self.response.get("onEventThrowsAt"):
            raise InvalidInput("sink failed")

    def on_ingest_hint(self, payload: Any) -> None:
        self.calls.append({"call": "onIngestHint", "payload": payload})

    def on_error(self, error: Exception) -> None:
        self.calls.append({"call": "onError", "error": _reference_error(error)})


def _cuts(cuts: Any, body: bytes) -> list[int]:
    return list(range(1, len(body))) if cuts == "every-byte" else sorted(cuts)
