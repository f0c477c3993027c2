"""`burn` with click: its commands, and how their failures are told.

In: the words after `burn`. Out: what a command writes, and its exit code. A command's module is imported when it is named.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import Any

import click

from relayburn import __version__
from relayburn.errors import RelayburnError

COMMANDS = {
    "ingest": "ingest",
    "run": "run",
    "state": "state",
    "prices": "prices",
}
"""Each command and the module of this package that holds it, under the command's name (`-` as `_`)."""


class Burn(click.Group):
    """A group whose commands end a known failure with one line on stderr and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; `--debug` lets the traceback through."""
        try:
            return super().invoke(ctx)
        except RelayburnError as error:
            if ctx.params.get("debug"):
                raise
            raise click.ClickException(str(error)) from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of their table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__name__}.{COMMANDS[cmd_name]}")
        return getattr(module, cmd_name.replace("-", "_"))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; of a name that is none, the nearest is told."""
        name = args[0]
        if name not in COMMANDS:
            nearest = get_close_matches(name, COMMANDS, n=1)
            if nearest:
                ctx.fail(f"No such command {name!r}. Did you mean {nearest[0]!r}?")
        return super().resolve_command(ctx, args)


@click.group(cls=Burn, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, "-V", "--version", prog_name="burn", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
def burn(debug: bool) -> None:
    """What coding agents spent, on what and why, read from their session logs.

    The readers and analyses are a library (`relayburn.reader`, `relayburn.analyze`); the conformance harness runs from a
    checkout (`nox -s replay`).
    """
