"""The commands of `burn`, and how their failures are told."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from relayburn import __version__
from relayburn.cli.prices import prices
from relayburn.cli.still_missing import STILL_MISSING
from relayburn.cli.strict_ingest import ingest
from relayburn.cli.strict_run import run
from relayburn.cli.strict_state import state
from relayburn.errors import RelayburnError


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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; of a name that is none, the nearest is told."""
        name = args[0]
        if self.get_command(ctx, name) is None:
            if name in STILL_MISSING:
                ctx.fail(f"{name} is not part of relayburn {__version__} yet")
            nearest = get_close_matches(name, self.list_commands(ctx), n=1)
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


burn.add_command(prices)
burn.add_command(ingest)
burn.add_command(run)
burn.add_command(state)
