"""`burn mcp-server`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import given, in_shell, is_debugged


@click.command()
@click.option("--session-id", metavar="ID", callback=given, help="The session that is meant where a call names none.")
@in_shell
def mcp_server(shell: Shell, session_id: str | None) -> int:
    """Answer an agent's questions about its own spending, as a server of the Model Context Protocol on stdin and stdout.

    Seven tools, none of which changes anything: what a session cost, summary, hotspots, overhead and its trims, compare,
    and a fingerprint that says whether anything is new. Needs the extra: pip install 'relayburn[mcp]'.

    \b
    burn mcp-server --session-id 3f0c1c52-7d1e-4f43-9a58-0b8c7f2f9a01
    claude mcp add burn -- burn mcp-server

    --debug tells on stderr what could not be read. Amounts are what the tokens cost at list price, not what was billed.
    """
    from relayburn.cli.mcp_server import serve_tools

    return serve_tools(shell, session_id, is_debugged=is_debugged())
