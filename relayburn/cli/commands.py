"""The commands of `burn`."""

from __future__ import annotations

import click

from relayburn import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, no_args_is_help=True)
@click.version_option(__version__, "-V", "--version", prog_name="burn", message="%(prog)s %(version)s")
def burn() -> None:
    """What coding agents spent, on what and why, read from their session logs.

    There are no commands in this version: the readers are a library (`relayburn.reader`), and the conformance
    harness runs from a checkout (`nox -s replay`).
    """
