"""`burn run`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import tags_of
from relayburn.cli.strict.options import in_shell


@click.command()
@click.argument("harness", type=click.Choice(["claude", "codex", "opencode"]))
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", callback=tags_of, help="Tag the session with this.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@in_shell
def run(shell: Shell, harness: str, tags: dict[str, str], words: tuple[str, ...]) -> int:
    """Run HARNESS with WORDS, tag its session and ingest it.

    \b
    burn run claude --tag workflow=refactor -- --resume
    burn run codex
    """
    from relayburn.cli.run import HARNESSES

    return HARNESSES[harness](shell, tags, words)
