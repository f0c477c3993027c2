"""What is wrong with a command line, in one line, and what to do about it.

In: what click refused. Out: one line that names the nearest option or command to one that does not exist, or the commands
that have an option which this one lacks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

import click


def usage_line(error: click.UsageError) -> str:
    """The one line of a usage error."""
    ctx = error.ctx
    message = " ".join(error.format_message().split())
    if ctx is None:
        return message
    if isinstance(error, click.NoSuchOption):
        message = _without_option(error.option_name, ctx)
    return f"{_sentence(message)} See '{ctx.command_path} --help'."


def nearest(name: str, names: Iterable[str]) -> str:
    """Of `names`, the one most like `name`."""
    return max(names, key=lambda other: SequenceMatcher(None, name, other).ratio())


def _without_option(name: str, ctx: click.Context) -> str:
    message = f"No such option {name!r} of {ctx.command_path}."
    others = [path for path, command in commands(ctx.find_root().command) if name in _options(command)]
    if others:
        others.sort(key=lambda path: not path.startswith(f"{ctx.command_path} "))
        place = ", and stands after the name" if isinstance(ctx.command, click.Group) else ""
        return f"{message} It is one of {', '.join(others[:3])}{place}."
    return f"{message} Did you mean {nearest(name, _options(ctx.command))!r}?"


def _options(command: click.Command) -> list[str]:
    names = [name for param in command.params if isinstance(param, click.Option) for name in param.opts]
    return [*(name for name in names if name.startswith("--")), "--help"]


def commands(command: click.Command, path: str = "burn") -> Iterator[tuple[str, click.Command]]:
    """A command and all below it, each with its whole name, in the order of their help."""
    yield path, command
    if isinstance(command, click.Group):
        ctx = click.Context(command, info_name=path)
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            if below is not None:
                yield from commands(below, f"{path} {name}")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
