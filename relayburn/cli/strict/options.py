"""What every command of the strict `burn` takes: whose rules, which home, how to show things.

In: `--semantics`, `--ledger-path`, `--no-color` and `--debug`, before or after the command's name, else the environment.
Out: the `Shell` that the command stands in. Of an option that is given twice, the one nearer to the end counts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
from click.core import ParameterSource

from relayburn.cli.shell import Shell
from relayburn.semantics import Semantics


def given(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A value that is not empty: an empty one is most often a variable that is not set. Raises `BadParameter`."""
    if value == "":
        raise click.BadParameter("the value is empty")
    return value


def _remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep the value where the command finds it: what is given here counts more than what was given further left."""
    assert param.name is not None
    given(ctx, param, value)
    key = f"{__name__}.{param.name}"
    if ctx.get_parameter_source(param.name) is ParameterSource.COMMANDLINE:
        ctx.meta[key] = value
    else:
        ctx.meta.setdefault(key, value)


def _option(*names: str, **settings: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_remember, **settings)


def everywhere() -> list[click.Parameter]:
    """The options that every command and every group of commands takes."""
    return [
        _option(
            "--semantics",
            default="current",
            show_default=True,
            envvar="RELAYBURN_SEMANTICS",
            type=click.Choice(["current", "ts-1.10"]),
            help="Whose rules: the corrected ones, or the reference's, its reading of words included; or RELAYBURN_SEMANTICS.",
        ),
        _option(
            "--ledger-path",
            type=click.Path(file_okay=False),
            help="The home to use, in place of RELAYBURN_HOME and ~/.relayburn.",
        ),
        _option("--no-color", is_flag=True, help="Plain text, as in a pipe; so does the variable NO_COLOR."),
        _option("--debug", is_flag=True, help="Show where an error came from."),
    ]


class Family(click.Group):
    """A group of commands that takes what every command takes, and names its commands where none of them is named."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.params += everywhere()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words. Raises `UsageError`."""
        if not args and self.no_args_is_help and not ctx.resilient_parsing:
            ctx.fail(f"{ctx.command_path} needs one of {', '.join(self.list_commands(ctx))}.")
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named. Raises `UsageError`, which tells the nearest to a name that is none."""
        from relayburn.cli.strict.misuse import nearest

        name = args[0]
        if not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            ctx.fail(f"No such command {name!r}. Did you mean {nearest(name, self.list_commands(ctx))!r}?")
        return super().resolve_command(ctx, args)


Family.group_class = Family


def in_shell(command: Callable[..., int]) -> Callable[..., None]:
    """Decorator: the command below is given a `shell` first, and the code that it returns is its exit code."""

    @functools.wraps(command)
    def within(*args: Any, **options: Any) -> None:
        ctx = click.get_current_context()
        ctx.exit(command(_shell(ctx.meta), *args, **options))

    # click takes them from the last to the first.
    setattr(within, "__click_params__", list(reversed(everywhere())))  # noqa: B010 - a function has no such attribute
    return within


def is_debugged() -> bool:
    """Whether the command at work was asked, with `--debug`, to tell more than others want to know."""
    return bool(click.get_current_context().meta.get(f"{__name__}.debug"))


def _shell(given: dict[str, Any]) -> Shell:
    values = {key.removeprefix(f"{__name__}."): value for key, value in given.items()}
    shell = Shell.of_process(Semantics.named(values["semantics"]))
    if values["ledger_path"] is not None:
        shell = shell.with_home(values["ledger_path"])
    return shell.with_variable("NO_COLOR", "1") if values["no_color"] else shell
