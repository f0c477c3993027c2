"""`burn overhead`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import given, in_shell
from relayburn.cli.strict.times import SINCE


@click.command()
@click.argument("action", type=click.Choice(["trim"]), required=False)
@click.option(
    "--project", metavar="PATH", callback=given, help="The folder with the files; by default the current one."
)
@SINCE
@click.option("--kind", type=click.Choice(["claude-md", "agents-md"]), help="Only files of this kind.")
@click.option("--top", type=click.IntRange(min=1), metavar="N", help="With trim: so many sections of each file.  [3]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@in_shell
def overhead(
    shell: Shell,
    action: str | None,
    project: str | None,
    since: str | None,
    kind: str | None,
    top: int | None,
    as_json: bool,
) -> int:
    """What a project's instruction files (CLAUDE.md, .claude/CLAUDE.md, AGENTS.md) cost to carry in every prompt.

    A file costs its tokens at the cache-read price, once for each turn that has it in its prompt, in the sessions of the
    harnesses that load it. With trim: a diff for each of the dearest sections, and what its cut would have saved. Nothing
    is ever changed in the files.

    \b
    burn overhead --since 30d
    burn overhead --kind agents-md --json
    burn overhead trim --top 1

    Amounts are what the tokens cost at list price, not what was billed.
    """
    from relayburn.cli import overhead as verbs

    asked = verbs.Files(project, since, kind)
    if action is None:
        if top is not None:
            raise click.UsageError("--top is only of use with trim")
        return (verbs.show_costs_as_json if as_json else verbs.show_costs)(shell, asked)
    show = verbs.show_trims_as_json if as_json else verbs.show_trims
    return show(shell, asked) if top is None else show(shell, asked, top)
