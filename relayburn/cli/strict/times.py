"""Options for times, which several commands of the strict `burn` take."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

SINCE = click.option(
    "--since", metavar="TIME", help="Only turns from this time on: an ISO time, or so long ago as 7d, 12h, 2w, 1m."
)
UNTIL = click.option("--until", metavar="TIME", help="Only turns up to this time.")


def _known(_ctx: click.Context, _param: click.Parameter, name: str | None) -> str | None:
    try:
        return name and ZoneInfo(name).key
    except (KeyError, OSError, ValueError):
        raise click.BadParameter(f"unknown time zone {name!r}, expected a name such as Europe/Berlin or UTC") from None


TZ = click.option(
    "--tz",
    metavar="ZONE",
    callback=_known,
    help="The zone whose clock counts, such as Europe/Berlin; by default the system's.",
)
