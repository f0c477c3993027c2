"""The commands of `burn`, and how their failures are told."""

from __future__ import annotations

from typing import Any

import click

from relayburn import __version__
from relayburn.cli.prices import prices
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


@click.group(cls=Burn, context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, "-V", "--version", prog_name="burn", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show where an error came from.")
def burn(debug: bool) -> None:
    """What coding agents spent, on what and why, read from their session logs.

    The readers and analyses are a library in this version (`relayburn.reader`, `relayburn.analyze`); the conformance
    harness runs from a checkout (`nox -s replay`).
    """


burn.add_command(prices)
