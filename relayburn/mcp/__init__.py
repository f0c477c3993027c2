"""A server of the Model Context Protocol, for agents that ask what they spend (mcp.md; docs/mcp.md).

`client_config` says how a client starts it, `framing` reads lines, `service` answers methods, `catalogue` lists the tools,
`arguments` says what they take and `answers` what they give; `server` puts these on the official SDK (extra `relayburn[mcp]`),
which nothing else here needs. Nothing is ever written but replies, to the stream that is given for them.
"""

from relayburn.mcp.client_config import build_mcp_config

__all__ = ["build_mcp_config"]
