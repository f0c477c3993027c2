"""`burn doctor`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import in_shell


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@in_shell
def doctor(shell: Shell, as_json: bool) -> int:
    """Tell what is read and what is not, and what to do about it.

    The folders that were looked for logs in, files that are passed over and why, versions of the harnesses, lines never
    seen before, models without a price, the home and who may read it. Nothing is written. The exit code is 0 where all
    is well, 1 where something needs attention.

    \b
    burn doctor
    burn doctor --json
    """
    from relayburn.cli.doctor import show_json, show_text

    return show_json(shell) if as_json else show_text(shell)
