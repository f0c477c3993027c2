"""Options for times, which several commands of the strict `burn` take."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from relayburn.cli.strict.options import given


def _time(_ctx: click.Context, _param: click.Parameter, text: str | None) -> str | None:
    """A text that names a time. Raises `BadParameter`."""
    if text is None:
        return None
    from relayburn.ledger.home import Home
    from relayburn.sdk.since import since_time

    if since_time(Home.of_environment(), text) is None:
        raise click.BadParameter(f"{text!r} is no time, expected one such as 2026-03-01, 2026-03-01T09:30:00Z or 7d")
    return text


SINCE = click.option(
    "--since",
    metavar="TIME",
    callback=_time,
    help="Only turns from this time on: an ISO time, or so long ago as 7d, 12h, 2w, 1m.",
)
UNTIL = click.option("--until", metavar="TIME", callback=_time, help="Only turns up to this time.")


def _known(ctx: click.Context, param: click.Parameter, name: str | None) -> str | None:
    zone = given(ctx, param, name)
    try:
        return zone and ZoneInfo(zone).key
    except (KeyError, OSError, ValueError):
        raise click.BadParameter(f"unknown time zone {name!r}, expected a name such as Europe/Berlin or UTC") from None


TZ = click.option(
    "--tz",
    metavar="ZONE",
    callback=_known,
    help="The zone whose clock counts, such as Europe/Berlin; by default the system's.",
)
