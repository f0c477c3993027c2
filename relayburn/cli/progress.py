"""How a command tells on stderr what it is doing (cli.md 5).

In: the environment, and whether stderr is a terminal. Out: a `Progress` that draws what is at work on a terminal, else
writes a line when a task starts and one when it is done, or nothing at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from relayburn.cli.progress_lines import Progress
from relayburn.cli.shell import Shell
from relayburn.text import trim

_ON = ("1", "true", "yes", "on")
_OFF = ("0", "false", "no", "off")


def progress_of(shell: Shell) -> Progress:
    """How a command in `shell` tells of its progress."""
    on_terminal = shell.stderr.isatty()
    if not is_told(shell.environ, on_terminal):
        return Progress(_unheard)
    if not on_terminal or shell.environ.get("TERM") == "dumb":
        return Progress(shell.tell)
    from relayburn.cli.spinner import Spinner

    return Spinner(shell.tell, shell)


def is_told(environ: Mapping[str, str], on_terminal: bool) -> bool:
    """Whether progress is told: as `RELAYBURN_PROGRESS` says, else on a terminal that is not a build server's."""
    wish = trim(environ.get("RELAYBURN_PROGRESS", "")).lower()
    if wish in _ON:
        return True
    if wish in _OFF or environ.get("CI") == "true":
        return False
    return on_terminal


def _unheard(_line: str) -> None:
    pass
