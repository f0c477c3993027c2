"""What every command of the strict `burn` takes: whose rules, and which home.

In: `--semantics` and `--ledger-path`, else the environment. Out: the `Shell` that the command stands in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from relayburn.cli.shell import Shell
from relayburn.semantics import Semantics

_SEMANTICS = click.option(
    "--semantics",
    default="current",
    show_default=True,
    envvar="RELAYBURN_SEMANTICS",
    type=click.Choice(["current", "ts-1.10"]),
    help="Whose rules: the corrected ones, or the reference's, its reading of the command line included.",
)
_LEDGER_PATH = click.option(
    "--ledger-path", type=click.Path(file_okay=False, path_type=Path), help="The home to use, in place of ~/.relayburn."
)


def in_shell(command: Callable[..., int]) -> Callable[..., None]:
    """Decorator: the command below is given a `shell` first, and the code that it returns is its exit code."""

    @functools.wraps(command)
    def within(*args: Any, semantics: str, ledger_path: Path | None, **options: Any) -> None:
        shell = Shell.of_process(Semantics.named(semantics))
        if ledger_path is not None:
            shell = replace(shell, environ={**shell.environ, "RELAYBURN_HOME": str(ledger_path.absolute())})
        click.get_current_context().exit(command(shell, *args, **options))

    return _SEMANTICS(_LEDGER_PATH(within))
