"""`burn mcp-server`, its words read leniently (mcp.md 1)."""

from __future__ import annotations

from relayburn.cli.lenient.help import MCP_SERVER
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell


def mcp_server(shell: Shell, found: Scan) -> int:
    """Answer a client's requests until it closes stdin."""
    if found.asks_for_help():
        shell.say(MCP_SERVER)
        return 0
    from relayburn.cli.mcp_server import serve_as_reference

    return serve_as_reference(shell, found.value("session-id"))
