"""A server of the Model Context Protocol, for agents that ask what they spend (mcp.md; docs/mcp.md).

`client_config` says how a client starts it, `framing` reads lines, `manners` says how requests are answered, `tools` which
tools there are and `arguments` what they take, `server` puts these on the official SDK (extra `relayburn[mcp]`). Nothing
here ever writes but replies to the stream that is given for them.
"""
