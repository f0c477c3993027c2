"""`burn` with click: its commands, and how their failures are told.

In: the words after `burn`. Out: what a command writes, and its exit code. A command's module is imported when it is named.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib import import_module

import click

from relayburn import __version__
from relayburn.cli.ending import FAILED, INTERRUPTED, MISUSED, fail
from relayburn.cli.strict.options import Family

COMMANDS = {
    "summary": "summary",
    "hotspots": "hotspots",
    "ingest": "ingest",
    "run": "run",
    "overhead": "overhead",
    "compare": "compare",
    "mcp-server": "mcp_server",
    "state": "state",
    "content": "content",
    "prices": "prices",
    "daily": "periods",
    "weekly": "periods",
    "monthly": "periods",
    "blocks": "blocks",
    "budget": "budget",
    "statusline": "statusline",
    "doctor": "doctor",
    "completion": "completion",
}
"""Each command and the module of this package that holds it, under the command's name (`-` as `_`)."""

_COMPLETE = "_BURN_COMPLETE"


class Burn(Family):
    """All commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of their table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{__name__}.{COMMANDS[cmd_name]}")
        return getattr(module, cmd_name.replace("-", "_"))


@click.group(cls=Burn, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="burn", message="%(prog)s %(version)s")
def burn() -> None:
    """What coding agents spent, on what and why, read from their session logs.

    Amounts are list-price equivalents in US dollars: what the tokens would cost at the vendors' public prices, whatever
    your plan. Nothing is ever sent anywhere.

    \b
    burn ingest
    burn summary --since 7d
    burn doctor
    """


def run_strictly(words: Sequence[str]) -> int:
    """Run the command that `words` name; its exit code. A usage error is told in one line."""
    if _COMPLETE in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(burn, {}, "burn", _COMPLETE, os.environ[_COMPLETE])
    try:
        with burn.make_context("burn", _asked(words)) as ctx:
            burn.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        from relayburn.cli.strict.misuse import usage_line

        fail(usage_line(error))
        return MISUSED
    except click.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        fail(error.format_message())
        return FAILED
    return 0


def _asked(words: Sequence[str]) -> list[str]:
    """The words; `burn` and `burn help COMMAND` ask for help."""
    if not words:
        return ["--help"]
    return [*words[1:], "--help"] if words[0] == "help" else list(words)
