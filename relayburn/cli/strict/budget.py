"""`burn budget`, its words read strictly."""

from __future__ import annotations

from math import isfinite

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import PROJECT, SESSION
from relayburn.cli.strict.options import in_shell
from relayburn.cli.strict.times import SINCE


@click.command()
@click.option("--limit", type=click.FloatRange(min=0), required=True, metavar="USD", help="The limit, in US dollars.")
@SINCE
@SESSION
@PROJECT
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@in_shell
def budget(
    shell: Shell, limit: float, since: str | None, session: str | None, project: str | None, as_json: bool
) -> int:
    """Exit with code 3 if more than a limit was spent.

    \b
    burn budget --limit 50 --since 7d
    burn budget --limit 200 --since 2026-11-01 || echo "stop here"

    Amounts are what the tokens cost at list price, not what was billed.
    """
    if not isfinite(limit):
        raise click.BadParameter("not a number", param_hint="--limit")
    from relayburn.cli.budget import Budget, check_budget

    return check_budget(shell, Budget(limit, since, session, project), as_json=as_json)
