"""A real HTTP server on the loopback address that answers each request as a script says."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
"""The head of an event stream that lasts until the connection closes."""

CHUNKED_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


class Connection:
    """One request, and the way to answer it."""

    def __init__(self, handler: socketserver.StreamRequestHandler) -> None:
        self._handler = handler
        self.target = handler.rfile.readline().decode().split(" ")[1]
        self.headers: dict[str, str] = {}
        while (line := handler.rfile.readline().decode().rstrip("\r\n")) != "":
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._handler.wfile.write(data)

    def until_closed(self, timeout: float = 10) -> None:
        """Say nothing until the client closes the connection."""
        self._handler.connection.settimeout(timeout)
        self._handler.rfile.read(1)


Script = Callable[[Connection], None]


class EventServer:
    """Answers the first request by the first script, and so on; requests beyond the scripts get nothing."""

    def __init__(self, scripts: Sequence[Script], port: int = 0) -> None:
        self.requests: list[Connection] = []
        self.failures: list[Exception] = []
        remaining = iter(scripts)
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                connection = Connection(self)
                server.requests.append(connection)
                script = next(remaining, None)
                if script is None:
                    return
                try:
                    script(connection)
                except OSError as failure:
                    server.failures.append(failure)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = False
            block_on_close = True

        self._server = Server(("127.0.0.1", port), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
