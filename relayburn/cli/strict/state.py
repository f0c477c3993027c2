"""`burn state`, its words read strictly."""

from __future__ import annotations

from pathlib import Path

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.filters import PROJECT, SESSION
from relayburn.cli.strict.options import Family, in_shell
from relayburn.ledger.config import Days, retention_days

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object.")
_FORCE = click.option("--force", is_flag=True, help="Also turns that have an activity.")


class RetentionType(click.ParamType):
    """A number of days, or `forever`."""

    name = "days"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Days:
        """The retention that `value` names."""
        days = retention_days(value)
        if days is None:
            self.fail(f'{value!r} is neither a number nor "forever"', param, ctx)
        return days


@click.group(cls=Family, invoke_without_command=True)
@click.pass_context
def state(ctx: click.Context) -> None:
    """Show, rebuild, prune or reset what is derived from session logs.

    \b
    burn state
    burn state rebuild all
    burn state prune --days 30
    burn state reingest
    burn state reset --force --reingest
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(status)


@state.command()
@_JSON
@in_shell
def status(shell: Shell, as_json: bool) -> int:
    """Show what lies in the home.

    \b
    burn state status
    burn state status --json
    """
    from relayburn.cli.state import show_status

    return show_status(shell, as_json=as_json)


@state.group()
def rebuild() -> None:
    """Make derived state anew.

    \b
    burn state rebuild all
    burn state rebuild archive --full
    """


@rebuild.command()
@in_shell
def index(shell: Shell) -> int:
    """The index of known records.

    \b
    burn state rebuild index
    """
    from relayburn.cli.state import rebuild_indexes

    return rebuild_indexes(shell)


@rebuild.command()
@_FORCE
@in_shell
def classify(shell: Shell, force: bool) -> int:
    """What turns did: their activity.

    \b
    burn state rebuild classify --force
    """
    from relayburn.cli.state import rebuild_classes

    return rebuild_classes(shell, force=force)


@rebuild.command()
@in_shell
def content(shell: Shell) -> int:
    """Content that the home lacks, from the session logs.

    \b
    burn state rebuild content
    """
    from relayburn.cli.state import rebuild_content

    return rebuild_content(shell)


@rebuild.command()
@click.argument("action", type=click.Choice(["build", "vacuum"]), default="build")
@click.option("--full", is_flag=True, help="Build it from nothing.")
@_JSON
@in_shell
def archive(shell: Shell, action: str, full: bool, as_json: bool) -> int:
    """The archive that reports are read from: bring it up to date, or give back what it no longer needs.

    \b
    burn state rebuild archive
    burn state rebuild archive --full
    burn state rebuild archive vacuum
    """
    from relayburn.cli.state import rebuild_archive, shrink_archive, update_archive

    if action == "build":
        return rebuild_archive(shell, as_json=as_json) if full else update_archive(shell, as_json=as_json)
    if full:
        raise click.UsageError("vacuum and --full cannot be combined")
    return shrink_archive(shell, as_json=as_json)


@rebuild.command(name="all")
@_FORCE
@in_shell
def everything(shell: Shell, force: bool) -> int:
    """All of these, in the order in which one needs the other.

    \b
    burn state rebuild all
    """
    from relayburn.cli.state import rebuild_all

    return rebuild_all(shell, force=force)


@state.command()
@click.option("--days", type=RetentionType(), help='A number of days, or "forever"; by default as configured.')
@click.option("--force", is_flag=True, help="Also what could be read again from its log.")
@in_shell
def prune(shell: Shell, days: Days | None, force: bool) -> int:
    """Remove content that nothing was added to for some days.

    \b
    burn state prune
    burn state prune --days 30 --force
    """
    from relayburn.cli import state as verbs

    return verbs.prune(shell, days=days, force=force)


@state.command()
@click.option("--force", is_flag=True, help="Really do it; else it is only told what would go.")
@click.option("--reingest", is_flag=True, help="Ingest all session logs anew afterwards.")
@_JSON
@in_shell
def reset(shell: Shell, force: bool, reingest: bool, as_json: bool) -> int:
    """Remove ledger, indexes, archive and content. Settings and prices stay.

    \b
    burn state reset
    burn state reset --force --reingest
    """
    from relayburn.cli.state import do_reset, show_reset

    return (do_reset if force else show_reset)(shell, as_json=as_json, reingest=reingest)


@state.command()
@_JSON
@in_shell
def reingest(shell: Shell, as_json: bool) -> int:
    """Read all session logs again, by the rules of --semantics.

    What can be read again takes the place of what the ledger said of it; stamps stay, and sessions that have no log any
    more are kept as they are and named. The ledger is replaced at once, when all is read.

    \b
    burn state reingest
    burn state reingest --json
    """
    from relayburn.cli.state_beyond import read_again

    return read_again(shell, as_json=as_json)


@state.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@_JSON
@in_shell
def export_sqlite(shell: Shell, path: Path, as_json: bool) -> int:
    """Write the archive to PATH, a new SQLite file, for tools that read the reference's archive.

    \b
    burn state export-sqlite archive.sqlite
    """
    from relayburn.cli.state_beyond import export_archive

    return export_archive(shell, path=path, as_json=as_json)


@state.command()
@SESSION
@PROJECT
@_JSON
@in_shell
def fingerprint(shell: Shell, session: str | None, project: str | None, as_json: bool) -> int:
    """Tell by a short text whether turns came or changed: their number, the second of the latest, their bytes.

    \b
    burn state fingerprint
    burn state fingerprint --project "$PWD" --json
    """
    if session and project:
        raise click.UsageError("--session and --project cannot be combined")
    from relayburn.cli.state_beyond import show_fingerprint

    return show_fingerprint(shell, session=session, project=project, as_json=as_json)
