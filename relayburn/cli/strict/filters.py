"""Options for which turns a report is about, and where it finds them, which several commands of the strict `burn` take."""

from __future__ import annotations

import click

from relayburn.cli.strict.options import given
from relayburn.errors import Misuse


def tags_of(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """The tags that texts of the form `key=value` name. Raises `BadParameter`."""
    pairs = [value.partition("=") for value in values]
    for (key, equals, _), value in zip(pairs, values, strict=True):
        if not (key and equals):
            raise click.BadParameter(f"{value!r} is not of the form key=value")
    return {key: value for key, _, value in pairs}


def _providers(_ctx: click.Context, _param: click.Parameter, value: str | None) -> frozenset[str] | None:
    from relayburn.cli.loading import providers

    try:
        return providers(value)
    except Misuse as misuse:
        raise click.BadParameter(str(misuse)) from None


PROJECT = click.option(
    "--project", metavar="PATH", callback=given, help="Only turns of this project, by its folder or its key."
)
SESSION = click.option("--session", metavar="ID", callback=given, help="Only turns of this session.")
NONE_NAMED = "\0"
"""What an option is that may name a session, where it stands without a value; no word of a command line can be it."""

WORKFLOW = click.option("--workflow", metavar="ID", callback=given, help="Only turns stamped with this workflow.")
TAG = click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="KEY=VALUE",
    callback=tags_of,
    help="Only turns stamped so; may be repeated.",
)
AGENT = click.option(
    "--agent", metavar="ID", callback=given, help="Only turns of this agent and of the subagents that it started."
)
PROVIDER = click.option(
    "--provider",
    metavar="NAMES",
    callback=_providers,
    help="Only turns paid to one of these, such as anthropic,openai.",
)
NO_ARCHIVE = click.option(
    "--no-archive", is_flag=True, help="Read the ledger itself; so does RELAYBURN_ARCHIVE=0. Slower, same figures."
)
