"""The server on the official SDK: lines from one stream, replies to another (mcp.md 2).

In: two text streams and a `Service`. Out: a reply line for each request, in order. One request is answered before the next
line is read, so that what was read is always answered when the client closes its end. The SDK gets ids of our own, for
it refuses some that the protocol of the reference allows; a reply has the id that was sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TextIO

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.server.context import CallNext, HandlerResult, ServerMiddleware, ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.shared.message import SessionMessage
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    JSONRPCError,
    JSONRPCNotification,
    JSONRPCRequest,
    JSONRPCResponse,
    ListToolsResult,
    PaginatedRequestParams,
)
from mcp_types.version import MODERN_PROTOCOL_VERSIONS
from pydantic import BaseModel

from relayburn.jsjson import compact
from relayburn.mcp.framing import METHOD_NOT_FOUND, Notification, Refusal, Request
from relayburn.mcp.service import CALL, INITIALIZE, LIST, Params, RequestFailed, Service
from relayburn.text import well_formed

Context = ServerRequestContext[Any, Any]

_UNCHECKED_INITIALIZE = "relayburn/initialize"
"""What the SDK is told in place of `initialize` where we answer it: under its own name, its parameters would be checked."""


def serve(service: Service, stdin: TextIO, stdout: TextIO) -> None:
    """Answer what `stdin` asks, on `stdout`, until it ends. Raises the `OSError` of a stream that fails."""
    failure = anyio.run(_serve, service, stdin, stdout)
    if failure is not None:
        raise failure


async def _serve(service: Service, stdin: TextIO, stdout: TextIO) -> OSError | None:
    server = _server(service)
    to_server, from_client = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    to_client, from_server = anyio.create_memory_object_stream[SessionMessage](0)
    client = _Client(service, stdout, to_server, from_server)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.run, from_client, to_client, server.create_initialization_options())
        async with to_server, from_server:
            try:
                # Nothing else is at work while a line is waited for, so it may be waited for right here.
                for line in stdin:
                    await client.hear(line)
            except OSError as failure:
                # Raised here, it would come out of the task group as one of several.
                return failure
    return None


class _Client:
    """The client's end of the SDK's streams: what it says is handed on, what it is told is written."""

    def __init__(
        self,
        service: Service,
        stdout: TextIO,
        to_server: MemoryObjectSendStream[SessionMessage | Exception],
        from_server: MemoryObjectReceiveStream[SessionMessage],
    ) -> None:
        self._service = service
        self._stdout = stdout
        self._to_server = to_server
        self._from_server = from_server
        self._requests = 0

    async def hear(self, line: str) -> None:
        """Have `line` answered."""
        incoming = self._service.manners.read(line)
        if isinstance(incoming, Refusal):
            if incoming.log is not None:
                self._service.inquirer.log(incoming.log)
            self._write(incoming.id, {"error": {"code": incoming.code, "message": incoming.message}})
        elif isinstance(incoming, Request):
            await self._ask(incoming)
        elif isinstance(incoming, Notification):
            # Unchecked here and below, because lone surrogates are no text to the SDK's models.
            await self._send(
                JSONRPCNotification.model_construct(
                    jsonrpc="2.0", method=incoming.method, params=_plain(incoming.params)
                )
            )

    async def _ask(self, request: Request) -> None:
        self._requests += 1
        is_ours = request.method == INITIALIZE and INITIALIZE in self._service.manners.answers
        method = _UNCHECKED_INITIALIZE if is_ours else request.method
        await self._send(JSONRPCRequest(jsonrpc="2.0", id=self._requests, method=method, params=_plain(request.params)))
        # Whatever the server says besides, nobody asked for, and the client is told nothing of it.
        while not isinstance(reply := (await self._from_server.receive()).message, JSONRPCResponse | JSONRPCError):
            pass
        told = reply.model_dump(mode="python", by_alias=True, exclude_unset=True)
        self._write(request.id, {key: told[key] for key in ("result", "error") if key in told})

    async def _send(self, message: JSONRPCRequest | JSONRPCNotification) -> None:
        await self._to_server.send(SessionMessage(message))

    def _write(self, request_id: Any, outcome: dict[str, Any]) -> None:
        self._stdout.write(compact({"jsonrpc": "2.0", "id": request_id, **outcome}) + "\n")
        self._stdout.flush()


def _plain(params: Params | None) -> dict[str, Any] | None:
    return None if params is None else dict(params)


def _server(service: Service) -> Server[Any]:
    """The SDK's server of `service`; it answers by itself what the manners leave to it."""
    server: Server[Any] = Server(service.manners.name, version=service.manners.version)
    server.add_request_handler(LIST, PaginatedRequestParams, _handler(service.list_tools, ListToolsResult))
    server.add_request_handler(CALL, CallToolRequestParams, _handler(service.call_tool, CallToolResult))
    # The SDK's own would only trace.
    server.middleware = [_manners_of(service)]
    return server


def _handler(
    answer: Callable[[Params], dict[str, Any]], result: type[BaseModel]
) -> Callable[[Context, Any], Awaitable[BaseModel]]:
    """An answer as the SDK's own type, which knows what each version of the protocol adds to it."""

    async def handle(ctx: Context, _checked: Any) -> BaseModel:
        return result.model_validate(_answered(answer, ctx.params or {}))

    return handle


def _manners_of(service: Service) -> ServerMiddleware[Any]:
    """What stands before the SDK: it answers what the manners say, and leaves the rest to it."""
    manners = service.manners

    async def before(ctx: Context, call_next: CallNext) -> HandlerResult:
        method = INITIALIZE if ctx.method == _UNCHECKED_INITIALIZE else ctx.method
        answer = manners.answers.get(method)
        # Later versions of the protocol wrap their results, which the SDK knows how to do.
        is_wrapped = ctx.protocol_version in MODERN_PROTOCOL_VERSIONS
        if answer is not None and not is_wrapped:
            return _answered(lambda params: answer(service, params), ctx.params or {})
        if answer is not None or method in manners.left or ctx.request_id is None:
            return await call_next(ctx)
        raise MCPError(METHOD_NOT_FOUND, well_formed(f"method not found: {method}"))

    return before


def _answered(answer: Callable[[Params], dict[str, Any]], params: Params) -> dict[str, Any]:
    try:
        return answer(params)
    except RequestFailed as failure:
        raise MCPError(failure.code, well_formed(failure.message)) from failure
