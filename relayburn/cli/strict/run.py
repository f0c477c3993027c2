"""`burn run`, its words read strictly."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import in_shell


def _tags(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    for (key, equals, _), value in zip(pairs, values, strict=True):
        if not (key and equals):
            raise click.BadParameter(f"{value!r} is not of the form key=value")
    return {key: value for key, _, value in pairs}


@click.command()
@click.argument("harness", type=click.Choice(["claude", "codex", "opencode"]))
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", callback=_tags, help="Tag the session with this.")
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
