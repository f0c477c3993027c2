"""What the server answers to each method, whatever carries requests to it (mcp.md 2 and 3).

In: a method's parameters. Out: its result, a JSON object; `RequestFailed` where there is none. What a tool fails of is a
result, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn import __version__
from relayburn.errors import RelayburnError
from relayburn.jsjson import compact, truthy
from relayburn.mcp.catalogue import REFERENCE_TOOLS, TOOLS
from relayburn.mcp.framing import INVALID_PARAMS, METHOD_NOT_FOUND, Incoming, as_reference, as_text, strictly
from relayburn.mcp.inquirer import Inquirer
from relayburn.mcp.tools import Tool

Params = Mapping[str, Any]

INITIALIZE = "initialize"
PING = "ping"
LIST = "tools/list"
CALL = "tools/call"

_OLDEST = "2025-03-26"
"""The version of the protocol that is spoken with a client of the reference that names none."""


class RequestFailed(Exception):
    """A request that is answered with an error: its code, and what is said."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Service:
    """A server's answers to one client."""

    inquirer: Inquirer
    manners: Manners

    def greet(self, params: Params) -> dict[str, Any]:
        """The answer to `initialize`: whatever version the client speaks is spoken."""
        asked = params.get("protocolVersion")
        return {
            "protocolVersion": asked if isinstance(asked, str) else _OLDEST,
            "capabilities": {"tools": {"listChanged": False}},
            "serverInfo": {"name": self.manners.name, "version": self.manners.version},
        }

    def live(self, _params: Params) -> dict[str, Any]:
        """The answer to `ping`."""
        return {}

    def list_tools(self, _params: Params) -> dict[str, Any]:
        """The answer to `tools/list`."""
        return {"tools": [tool.told() for tool in self.manners.tools]}

    def call_tool(self, params: Params) -> dict[str, Any]:
        """The answer to `tools/call`. Raises `RequestFailed`."""
        tool = self._tool(params.get("name"))
        arguments = params.get("arguments")
        try:
            result = tool.answer(self.inquirer, {} if arguments is None else arguments)
        except RelayburnError as error:
            return {"content": [{"type": "text", "text": str(error)}], "isError": True}
        return {"content": [{"type": "text", "text": compact(result)}], "structuredContent": result}

    def _tool(self, name: Any) -> Tool:
        if not self.manners.is_name(name):
            raise RequestFailed(INVALID_PARAMS, "tools/call requires a name")
        for tool in self.manners.tools:
            if tool.name == name:
                return tool
        raise RequestFailed(METHOD_NOT_FOUND, f"unknown tool: {as_text(name)}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a server behaves.

    `read` says what a line is, `answers` which methods are answered here, `left` which are left to
    the SDK, `is_name` what may name a tool.
    """

    name: str
    version: str
    read: Callable[[str], Incoming]
    answers: Mapping[str, Callable[[Service, Params], dict[str, Any]]]
    left: Collection[str]
    tools: Sequence[Tool]
    is_name: Callable[[Any], bool]


REFERENCE = Manners(
    "@relayburn/mcp",
    __version__,
    as_reference,
    {INITIALIZE: Service.greet, PING: Service.live, LIST: Service.list_tools, CALL: Service.call_tool},
    (),
    REFERENCE_TOOLS,
    truthy,
)
"""Everything as the reference has it: no handshake is asked for, and nothing is known but its one tool."""

CURRENT = Manners(
    "relayburn-mcp",
    __version__,
    strictly,
    {LIST: Service.list_tools, CALL: Service.call_tool},
    (INITIALIZE, PING, "server/discover"),
    TOOLS,
    _is_text,
)
"""All tools, for clients of any version that the SDK speaks."""
