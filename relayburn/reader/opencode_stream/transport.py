"""How an event stream is asked for.

In: a URL and headers. Out: an open response whose body comes in chunks. `EventTransport` is the seam, `HttpTransport` the
real one, over httpx; every failure of the network is an `EventStreamError` that names the URL.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from relayburn.errors import EventStreamError, EventStreamInterrupted, EventStreamStalled
from relayburn.text import utf8

if TYPE_CHECKING:
    import httpx


class EventResponse(Struct, frozen=True):
    """An answer of the server: HTTP status, its reason phrase, and the body's bytes; None where there is no body."""

    status: int
    reason: str
    chunks: AsyncIterator[bytes] | None


class EventTransport(Protocol):
    """Opens event streams. Leaving the context closes the connection."""

    def open(self, url: str, headers: Mapping[str, str]) -> AbstractAsyncContextManager[EventResponse]:
        """Ask for `url`. Raises `EventStreamError`, here and while the chunks are read."""
        ...


class HttpTransport(Struct, frozen=True):
    """Event streams over HTTP. Both limits are in seconds.

    A server that sends nothing, not even a heartbeat, for `idle_timeout` has stalled; the default is that of the
    reference's HTTP client.
    """

    connect_timeout: float = 10.0
    idle_timeout: float = 300.0

    @asynccontextmanager
    async def open(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[EventResponse, None]:
        """Ask for `url`, following redirects, through no proxy."""
        import httpx

        timeout = httpx.Timeout(self.idle_timeout, connect=self.connect_timeout)
        async with httpx.AsyncClient(timeout=timeout, follow_redirects=True, trust_env=False) as client:
            try:
                request = client.build_request(
                    "GET", url, headers=[(utf8(name), utf8(text)) for name, text in headers.items()]
                )
                response = await client.send(request, stream=True)
            except (httpx.HTTPError, httpx.InvalidURL) as cause:
                raise self._failure(url, cause) from cause
            chunks = self._chunks(url, response)
            try:
                body = None if response.status_code in _BODILESS else chunks
                yield EventResponse(response.status_code, response.reason_phrase, body)
            finally:
                await chunks.aclose()
                await response.aclose()

    async def _chunks(self, url: str, response: httpx.Response) -> AsyncGenerator[bytes, None]:
        import httpx

        try:
            async for chunk in response.aiter_bytes():
                yield chunk
        except httpx.HTTPError as cause:
            raise self._failure(url, cause) from cause

    def _failure(self, url: str, cause: Exception) -> EventStreamError:
        import httpx

        if isinstance(cause, httpx.ReadTimeout):
            return EventStreamStalled(url, f"OpenCode event stream {url} sent nothing for {self.idle_timeout:g} s")
        return EventStreamInterrupted(url, f"OpenCode event stream {url} failed: {cause or type(cause).__name__}")


_BODILESS = frozenset({204, 205, 304})
