"""`burn ingest`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.ingest import ingest_hook, ingest_once
from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import in_shell


@click.command()
@click.option("--hook", type=click.Choice(["claude"]), help="Read one hook payload of this harness from stdin.")
@click.option("--quiet", is_flag=True, help="With --hook: say nothing where there is nothing to do.")
@in_shell
def ingest(shell: Shell, hook: str | None, quiet: bool) -> int:
    """Read what is new in the session logs of Claude Code, Codex and OpenCode.

    \b
    burn ingest
    burn ingest --hook claude --quiet < payload.json
    """
    return ingest_once(shell) if hook is None else ingest_hook(shell, quiet=quiet)
