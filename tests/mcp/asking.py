"""Ways to ask the server: a real client of the official SDK, lines on its stdin, a service without a server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import anyio
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, Tool

from relayburn.cli.mcp_server import serve_as_reference, serve_tools
from relayburn.cli.shell import Shell
from relayburn.ledger.home import Home
from relayburn.mcp.inquirer import Inquirer
from relayburn.mcp.service import CURRENT, Manners, Service
from relayburn.semantics import CURRENT as CORRECTED
from relayburn.semantics import Semantics
from tests.cli.burning import BURN
from tests.cli.shells import said, shell_in

NOW_MS = 1_790_000_000_000
Call = tuple[str, dict[str, Any]]


def through_client(
    user_home: Path, *words: str, mode: str, calls: Iterable[Call]
) -> tuple[list[Tool], list[CallToolResult]]:
    """The tools that `burn mcp-server words` tells a client of, and what it answers to `calls`, in one session."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(user_home), "TZ": "UTC"}
    server = StdioServerParameters(command=str(BURN), args=["mcp-server", *words], env=environ, cwd=user_home)

    async def talk() -> tuple[list[Tool], list[CallToolResult]]:
        async with Client(server, mode=mode) as client:
            tools = (await client.list_tools()).tools
            return tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return anyio.run(talk)


def replies(user_home: Path, *lines: str, session: str | None = None) -> list[str]:
    """What the server replies to `lines`, all given at once and then no more."""
    return answered(shell_in(user_home, NOW_MS, stdin="".join(f"{line}\n" for line in lines)), session)


def answered(shell: Shell, session: str | None = None, *, is_debugged: bool = False) -> list[str]:
    """What the server replies to all that stands on stdin, by the rules that hold in `shell`."""
    if shell.semantics is CORRECTED:
        assert serve_tools(shell, session, is_debugged=is_debugged) == 0
    else:
        assert serve_as_reference(shell, session) == 0
    return said(shell).splitlines()


def service_at(
    user_home: Path, *, session: str | None = None, manners: Manners = CURRENT, semantics: Semantics = CORRECTED
) -> Service:
    """A service of the home below `user_home`."""
    home = Home.of_environment({"HOME": str(user_home), "TZ": "UTC"})
    return Service(Inquirer(home, semantics, str(user_home), session, _unheard), manners)


def called(service: Service, name: str, arguments: Any = None) -> Any:
    """The object that a tool answers with; its text says the same."""
    answer = service.call_tool({"name": name, "arguments": arguments})
    assert "isError" not in answer, answer
    assert json.loads(answer["content"][0]["text"]) == answer["structuredContent"]
    return answer["structuredContent"]


def refused(service: Service, name: str, arguments: Any = None) -> str:
    """What a tool says that will not answer."""
    answer = service.call_tool({"name": name, "arguments": arguments})
    assert answer["isError"] is True
    assert "structuredContent" not in answer
    return answer["content"][0]["text"]


def _unheard(_line: str) -> None:
    pass
