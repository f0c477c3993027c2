"""`burn blocks`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import PROJECT
from relayburn.cli.strict.options import in_shell
from relayburn.cli.strict.times import SINCE, TZ


@click.command()
@SINCE
@PROJECT
@TZ
@click.option("--active", is_flag=True, help="Only the window that is open now.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array.")
@in_shell
def blocks(shell: Shell, since: str | None, project: str | None, tz: str | None, active: bool, as_json: bool) -> int:
    """What was spent in each window of five hours, in which subscriptions are metered.

    A window begins with the hour of the first turn outside the one before. Of the open one, the rate since its first turn
    and what it comes to at this rate are told.

    \b
    burn blocks --since 2d
    burn blocks --active --json

    Amounts are what the tokens cost at list price, not what was billed.
    """
    from relayburn.cli.blocks import show_blocks

    return show_blocks(shell, since=since, project=project, tz=tz, active=active, as_json=as_json)
