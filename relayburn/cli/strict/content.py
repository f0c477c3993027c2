"""`burn content`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import Family, given, in_shell
from relayburn.cli.strict.state import RetentionType
from relayburn.ledger.config import Days


@click.group(cls=Family)
def content() -> None:
    """Remove what was said in sessions: prompts, answers, inputs and outputs of tools.

    \b
    burn content purge
    burn content purge --session 0199aaaa-bbbb-4ccc-8ddd-eeeeffff0000
    """


@content.command()
@click.option(
    "--older-than", "days", metavar="DAYS", type=RetentionType(), help="Only where nothing was added for so many days."
)
@click.option("--session", metavar="ID", callback=given, help="Only of this session.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@in_shell
def purge(shell: Shell, days: Days | None, session: str | None, as_json: bool) -> int:
    """Remove stored content, at once and whether or not its log is still there.

    What sessions cost stays in the ledger. The logs themselves are never touched; `burn state rebuild content` reads
    them again.

    \b
    burn content purge
    burn content purge --older-than 30
    burn content purge --session 0199aaaa-bbbb-4ccc-8ddd-eeeeffff0000
    """
    from relayburn.cli import content as verbs

    return verbs.purge(shell, older_than=days, session=session, as_json=as_json)
