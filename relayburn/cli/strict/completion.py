"""`burn completion`: the script that has a shell complete the words of `burn`."""

from __future__ import annotations

import click

from relayburn.cli.shell import Shell
from relayburn.cli.strict.options import in_shell

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell_name", metavar="[bash|zsh|fish]", type=click.Choice(_SHELLS))
@in_shell
def completion(shell: Shell, shell_name: str) -> int:
    """Print the script with which bash (4.4 or later), zsh or fish complete commands, options and their values.

    \b
    burn completion bash > ~/.local/share/bash-completion/completions/burn
    eval "$(burn completion zsh)"                # in ~/.zshrc, after compinit
    burn completion fish > ~/.config/fish/completions/burn.fish
    """
    from click.shell_completion import BashComplete, ShellComplete, get_completion_class

    from relayburn.cli.strict import burn

    kind = get_completion_class(shell_name)
    assert kind is not None
    script = kind(burn, {}, "burn", "_BURN_COMPLETE")
    # Of bash, click would first start one to learn its version.
    shell.say(ShellComplete.source(script) if isinstance(script, BashComplete) else script.source())
    return 0
