"""Event streams from real servers that stall, break, overflow, refuse and restart."""

from __future__ import annotations

import asyncio
import gzip
import json
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from relayburn.errors import (
    EventStreamClosed,
    EventStreamError,
    EventStreamInterrupted,
    EventStreamRefused,
    EventStreamStalled,
    EventTooLarge,
    InvalidInput,
    InvalidUrl,
)
from relayburn.reader.opencode_stream import (
    EventStreamOptions,
    HttpTransport,
    OpencodeStreamIngestor,
    SseEvent,
    StreamReport,
    consume_opencode_event_stream,
    start_opencode_event_stream,
)
from relayburn.records import UNSET
from relayburn.semantics import TS_1_10
from tests.reader.event_server import CHUNKED_HEAD, STREAM_HEAD, Connection, EventServer, Script
from tests.reader.opencode_tree import START_MS

PATIENT = HttpTransport(connect_timeout=5, idle_timeout=5)
HASTY = HttpTransport(connect_timeout=5, idle_timeout=0.2)


def stream_of(*pieces: bytes) -> Script:
    """A server that sends a stream in pieces and ends it properly."""

    def script(connection: Connection) -> None:
        connection.send(STREAM_HEAD)
        for piece in pieces:
            connection.send(piece)

    return script


def answer_of(data: bytes) -> Script:
    return lambda connection: connection.send(data)


def consume(server: EventServer, transport: HttpTransport = PATIENT, **options: Any) -> tuple[StreamReport, list[Any]]:
    """Listen until the stream ends: the report, and the payloads."""
    payloads: list[Any] = []
    report = asyncio.run(
        consume_opencode_event_stream(
            EventStreamOptions(base_url=server.url, env={}, **options),
            on_event=lambda event, payload: payloads.append(payload),
            transport=transport,
        )
    )
    return report, payloads


def failure_of(server: EventServer, transport: HttpTransport = PATIENT, **options: Any) -> EventStreamError:
    with pytest.raises(EventStreamError) as caught:
        consume(server, transport, **options)
    assert caught.value.url == f"{server.url}/event"
    return caught.value


def test_a_stream_is_asked_for_with_its_headers_and_read_to_its_end() -> None:
    with EventServer(
        [stream_of(b"id: 1\ndata: {", b'"type":"session.idle"}\n', b"\n: beat\n\ndata: \xe2", b"\x98\x95")]
    ) as server:
        report, payloads = consume(server, last_event_id="é7")
    assert payloads == [{"type": "session.idle"}, "☕"]
    assert (report.events, report.wakeups) == (2, 1)
    asked = server.requests[0]
    assert (asked.target, asked.headers["accept"]) == ("/event", "text/event-stream")
    assert asked.headers["last-event-id"].encode() == "é7".encode()


def test_a_compressed_stream_is_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n"
    with EventServer([answer_of(head + gzip.compress(b"data: 1\n\n"))]) as server:
        assert consume(server)[1] == [1]


def test_a_redirect_is_followed() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with EventServer([answer_of(moved), stream_of(b"data: 1\n\n")]) as server:
        assert consume(server)[1] == [1]
    assert server.requests[1].target == "/elsewhere"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "HTTP 503 Service Unavailable"),
        (b"HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n", "HTTP 401 "),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "no response body"),
    ],
)
def test_an_answer_that_is_no_stream_is_refused(answer: bytes, reason: str) -> None:
    with EventServer([answer_of(answer)]) as server:
        failure = failure_of(server)
    assert isinstance(failure, EventStreamRefused)
    assert str(failure) == f"OpenCode event stream {server.url}/event returned {reason}"


@pytest.mark.parametrize(
    "answer",
    [b"", b"\xff\xfe nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip"],
    ids=["nothing", "no HTTP", "no gzip"],
)
def test_an_answer_that_is_garbage_is_an_interruption(answer: bytes) -> None:
    with EventServer([answer_of(answer)]) as server:
        assert isinstance(failure_of(server), EventStreamInterrupted)


def test_a_connection_that_is_cut_amid_an_event_delivers_what_was_whole() -> None:
    def script(connection: Connection) -> None:
        connection.send(CHUNKED_HEAD + b"9\r\ndata: 1\n\n\r\n" + b'100\r\ndata: {"half')

    payloads: list[Any] = []
    with EventServer([script]) as server, pytest.raises(EventStreamInterrupted):
        asyncio.run(
            consume_opencode_event_stream(
                EventStreamOptions(base_url=server.url, env={}),
                on_event=lambda event, payload: payloads.append(payload),
                transport=PATIENT,
            )
        )
    assert payloads == [1]


def test_a_server_that_falls_silent_has_stalled() -> None:
    def script(connection: Connection) -> None:
        connection.send(STREAM_HEAD + b"data: 1\n\n")
        connection.until_closed()

    with EventServer([script]) as server:
        failure = failure_of(server, HASTY)
    assert isinstance(failure, EventStreamStalled)
    assert str(failure).endswith("sent nothing for 0.2 s")


def test_a_server_that_never_answers_has_stalled() -> None:
    with EventServer([lambda connection: connection.until_closed()]) as server:
        assert isinstance(failure_of(server, HASTY), EventStreamStalled)


def test_a_server_that_sends_now_and_then_has_not_stalled() -> None:
    def script(connection: Connection) -> None:
        connection.send(STREAM_HEAD)
        for _ in range(5):
            time.sleep(0.1)
            connection.send(b": beat\n\n")
        connection.send(b"data: 1\n\n")

    with EventServer([script]) as server:
        assert consume(server, HASTY)[1] == [1]


def test_a_server_that_is_not_there_is_an_interruption() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(EventStreamInterrupted, match=url):
            asyncio.run(consume_opencode_event_stream(EventStreamOptions(base_url=url, env={}), transport=PATIENT))


@pytest.mark.parametrize("base_url", ["localhost:4096", "mailto:x", "http://127.0.0.1:1/\x7f"])
def test_a_url_that_no_server_can_have_is_an_interruption(base_url: str) -> None:
    with pytest.raises(EventStreamInterrupted):
        asyncio.run(consume_opencode_event_stream(EventStreamOptions(base_url=base_url, env={}), transport=PATIENT))


def test_an_event_id_that_no_header_can_hold_is_an_interruption() -> None:
    with EventServer([]) as server:
        assert isinstance(failure_of(server, last_event_id="a\rb"), EventStreamInterrupted)
    assert server.requests == []


def test_an_event_beyond_the_limit_ends_the_stream_before_it_fills_the_memory() -> None:
    sent = 0

    def script(connection: Connection) -> None:
        nonlocal sent
        connection.send(STREAM_HEAD + b"data: small\n\ndata: ")
        for _ in range(1000):
            connection.send(b"x" * 100_000)
            sent += 100_000

    with EventServer([script]) as server:
        failure = failure_of(server, max_event_chars=50_000)
    assert isinstance(failure, EventTooLarge)
    assert sent < 50_000_000


def test_an_event_within_the_limit_may_be_large() -> None:
    value = "é" * 2_000_000
    with EventServer([stream_of(f"data: {json.dumps(value)}\n\n".encode())]) as server:
        assert consume(server)[1] == [value]


def test_a_failing_call_ends_the_stream_with_its_failure() -> None:
    def fail(event: SseEvent, payload: Any) -> None:
        raise InvalidInput(f"cannot take {payload}")

    with (
        EventServer([stream_of(b"data: 1\n\n", b"data: 2\n\n")]) as server,
        pytest.raises(InvalidInput, match="take 1"),
    ):
        asyncio.run(
            consume_opencode_event_stream(
                EventStreamOptions(base_url=server.url, env={}), on_event=fail, transport=PATIENT
            )
        )


def test_a_cancelled_call_closes_its_connection() -> None:
    closed = threading.Event()

    def script(connection: Connection) -> None:
        connection.send(STREAM_HEAD + b"data: 1\n\n")
        connection.until_closed()
        closed.set()

    async def listen_until_cancelled(url: str) -> None:
        heard = asyncio.Event()
        task = asyncio.create_task(
            consume_opencode_event_stream(
                EventStreamOptions(base_url=url, env={}), on_event=lambda *_: heard.set(), transport=PATIENT
            )
        )
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with EventServer([script]) as server:
        asyncio.run(listen_until_cancelled(server.url))
        assert closed.wait(5)


class Heard:
    """What a stream in the background told, in order."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.payloads: queue.Queue[Any] = queue.Queue()
        self.errors: queue.Queue[Exception] = queue.Queue()

    def start(self, url: str, on_event: Callable[[SseEvent, Any], None] | None = None, **options: Any) -> Any:
        return start_opencode_event_stream(
            EventStreamOptions(base_url=url, env={}, **options),
            on_event=on_event or (lambda event, payload: self.payloads.put(payload)),
            on_open=self.opened.append,
            on_error=self.errors.put,
            transport=PATIENT,
        )


def hanging(connection: Connection) -> None:
    connection.send(STREAM_HEAD + b"data: 1\n\n")
    connection.until_closed()


def test_a_stream_in_the_background_says_that_the_server_ended_it() -> None:
    heard = Heard()
    with EventServer([stream_of(b"data: 1\n\n")]) as server:
        stream = heard.start(server.url)
        assert stream.wait(5)
    assert heard.opened == [f"{server.url}/event"]
    assert heard.payloads.get_nowait() == 1
    assert isinstance(heard.errors.get_nowait(), EventStreamClosed)
    assert heard.errors.empty()
    assert len(server.requests) == 1


def test_a_stream_in_the_background_says_why_it_failed() -> None:
    heard = Heard()
    with EventServer([answer_of(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")]) as server:
        assert heard.start(server.url).wait(5)
    assert str(heard.errors.get_nowait()).endswith("returned HTTP 500 Oops")


def test_a_stopped_stream_says_nothing_and_closes_its_connection() -> None:
    heard = Heard()
    with EventServer([hanging]) as server:
        stream = heard.start(server.url)
        assert heard.payloads.get(timeout=5) == 1
        stream.stop()
        assert stream.wait(0)
        stream.stop()
    assert heard.errors.empty()


def test_a_stream_can_be_stopped_before_the_server_answers() -> None:
    heard = Heard()
    with EventServer([lambda connection: connection.until_closed()]) as server:
        heard.start(server.url).stop()
    assert heard.errors.empty()


def test_a_stream_can_be_stopped_from_its_own_call() -> None:
    heard = Heard()
    streams: queue.Queue[Any] = queue.Queue()

    def stop(event: SseEvent, payload: Any) -> None:
        streams.get(timeout=5).stop()

    with EventServer([hanging]) as server:
        stream = heard.start(server.url, stop)
        streams.put(stream)
        assert stream.wait(5)
    assert heard.errors.empty()


def test_what_was_received_is_delivered_though_the_stream_is_stopped() -> None:
    heard = Heard()
    reached, released = threading.Event(), threading.Event()

    def slow(event: SseEvent, payload: Any) -> None:
        reached.set()
        assert released.wait(5)
        heard.payloads.put(payload)

    def script(connection: Connection) -> None:
        connection.send(STREAM_HEAD + b"data: 1\n\ndata: 2\n\n")
        connection.until_closed()

    with EventServer([script]) as server:
        stream = heard.start(server.url, slow)
        assert reached.wait(5)
        stopper = threading.Thread(target=stream.stop)
        stopper.start()
        released.set()
        stopper.join(5)
        assert stream.wait(0)
    assert [heard.payloads.get_nowait(), heard.payloads.get_nowait()] == [1, 2]


def test_a_url_that_is_none_is_refused_before_anything_is_called() -> None:
    heard = Heard()
    with pytest.raises(InvalidUrl):
        heard.start("nope")
    assert heard.opened == []


def test_a_restarted_server_is_asked_for_what_came_after_the_cursor() -> None:
    ingestor = OpencodeStreamIngestor(tokenizer="heuristic", semantics=TS_1_10)
    turns: list[str] = []

    def ingest(event: SseEvent, payload: Any) -> None:
        event_id = None if event.id is UNSET else event.id
        turns.extend(turn.message_id for turn in ingestor.ingest(payload, event_id).turns)

    first = [
        _event("1", "session.created", info={"id": "s"}),
        _turn("2", "a"),
        _event("3", "session.idle", sessionID="s"),
    ]
    second = [_turn("2", "a"), _turn("4", "b"), _event("5", "session.idle", sessionID="s")]
    port = 0
    for number, events in enumerate((first, second)):
        with EventServer([stream_of(*events)], port=port) as server:
            port = server.port
            last = ingestor.snapshot_cursor().last_event_id
            options = EventStreamOptions(base_url=server.url, env={}, last_event_id=None if last is UNSET else last)
            asyncio.run(consume_opencode_event_stream(options, on_event=ingest, transport=PATIENT))
        assert server.requests[0].headers.get("last-event-id") == (None, "3")[number]
    assert turns == ["a", "b"]
    assert ingestor.snapshot_cursor().last_event_id == "5"


def _event(event_id: str, kind: str, **properties: Any) -> bytes:
    return f"id: {event_id}\ndata: {json.dumps({'type': kind, 'properties': properties})}\n\n".encode()


def _turn(event_id: str, message_id: str) -> bytes:
    info = {"id": message_id, "sessionID": "s", "role": "assistant", "time": {"created": START_MS}, "tokens": {}}
    return _event(event_id, "message.updated", info=info)
