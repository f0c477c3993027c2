"""`burn ingest`, its words read strictly."""

from __future__ import annotations

import click
from click.core import ParameterSource

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import given, in_shell

_ONLY_WITH_WATCH = ("interval", "no_fsevents", "opencode_stream", "opencode_url", "opencode_global")


@click.command()
@click.option("--watch", is_flag=True, help="Go on ingesting whenever session files change, until Ctrl-C.")
@click.option(
    "--interval",
    type=click.IntRange(min=1),
    metavar="MS",
    default=1000,
    show_default=True,
    help="With --watch: milliseconds between two passes, at the least.",
)
@click.option(
    "--no-fsevents", is_flag=True, help="With --watch: look at all files each interval, whatever the system tells."
)
@click.option("--opencode-stream", is_flag=True, help="With --watch: listen to a running OpenCode server as well.")
@click.option(
    "--opencode-url",
    metavar="URL",
    callback=given,
    help="With --opencode-stream: the server; else OPENCODE_SERVER_URL, else http://127.0.0.1:4096.",
)
@click.option("--opencode-global", is_flag=True, help="With --opencode-stream: the events of all projects.")
@click.option("--hook", type=click.Choice(["claude"]), help="Read one hook payload of this harness from stdin.")
@click.option("--quiet", is_flag=True, help="With --hook and --watch: say only what goes wrong.")
@in_shell
def ingest(
    shell: Shell,
    watch: bool,
    interval: int,
    no_fsevents: bool,
    opencode_stream: bool,
    opencode_url: str | None,
    opencode_global: bool,
    hook: str | None,
    quiet: bool,
) -> int:
    """Read what is new in the session logs of Claude Code, Codex and OpenCode.

    Ctrl-C and SIGTERM end it after the file at hand; what was read until then is kept.

    \b
    burn ingest
    burn ingest --watch
    burn ingest --hook claude --quiet < payload.json
    """
    _check(click.get_current_context())
    if hook is not None:
        from relayburn.cli.ingest import ingest_hook

        return ingest_hook(shell, quiet=quiet)
    if not watch:
        from relayburn.cli.ingest import ingest_once

        return ingest_once(shell)
    from relayburn.cli.watch import WatchOptions, watch_clock, watch_files

    stream = None
    if opencode_stream:
        from relayburn.cli.event_stream import StreamOptions

        stream = StreamOptions(opencode_url, opencode_global)
    watching = watch_clock if no_fsevents else watch_files
    return watching(shell, WatchOptions(interval, quiet, stream))


def _check(ctx: click.Context) -> None:
    """Refuse options that cannot stand together. Raises `UsageError`."""
    given = {name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    if {"watch", "hook"} <= given:
        raise click.UsageError("--watch and --hook exclude each other.")
    if "watch" not in given and (idle := [name for name in _ONLY_WITH_WATCH if name in given]):
        raise click.UsageError(f"{_flag(idle[0])} goes with --watch alone.")
    if "opencode_stream" not in given and (idle := given & {"opencode_url", "opencode_global"}):
        raise click.UsageError(f"{_flag(min(idle))} goes with --opencode-stream alone.")


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
