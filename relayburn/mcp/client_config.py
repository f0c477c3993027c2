"""How a client is told of the server: the text of its configuration (mcp.md 4)."""

from __future__ import annotations

from relayburn.jsjson import compact


def build_mcp_config(session_id: str, burn_bin: str = "burn") -> str:
    """JSON for a client such as Claude Code's `--mcp-config`: start `burn_bin` for the session `session_id`."""
    arguments = ["mcp-server", "--session-id", session_id]
    return compact({"mcpServers": {"burn": {"type": "stdio", "command": burn_bin, "args": arguments}}})
