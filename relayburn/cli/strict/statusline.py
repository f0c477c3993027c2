"""`burn statusline`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import given, in_shell
from relayburn.cli.strict.times import TZ


@click.command()
@click.option(
    "--session", metavar="ID", callback=given, help="The session; by default the one named by the JSON on stdin."
)
@TZ
@click.option("--wait", is_flag=True, help="Count first, however long it takes.")
@click.option("--count", is_flag=True, hidden=True)
@in_shell
def statusline(shell: Shell, session: str | None, tz: str | None, wait: bool, count: bool) -> int:
    """One line for a status bar: the session, today, and the open five-hour window.

    The line is of the last count, at most some seconds old while it is asked for: another process counts anew. In the
    settings of Claude Code:

    \b
    {"statusLine": {"type": "command", "command": "burn statusline"}}

    \b
    burn statusline --wait

    Amounts are what the tokens cost at list price, not what was billed.
    """
    if count or wait:
        from relayburn.cli import statusline_count

        verb = statusline_count.count_quietly if count else statusline_count.count
        return verb(shell, session=session, tz=tz)
    from relayburn.cli.statusline import show_line

    home, semantics = str(shell.home.path), shell.semantics.name
    return show_line(
        home, shell.environ, shell.stdin, shell.stdout, semantics=semantics, session=session, tz=tz, now=shell.clock()
    )
