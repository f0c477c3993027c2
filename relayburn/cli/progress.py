"""What is being done, told on stderr while it is done (cli.md 5).

In: the environment, and whether stderr is a terminal. Out: a `Progress` that draws what is at work on a terminal, else
writes a line when a task starts and one when it is done, or nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from relayburn.cli.shell import Shell
from relayburn.text import trim

if TYPE_CHECKING:
    from relayburn.ingest.readers import Readers

_ON = ("1", "true", "yes", "on")
_OFF = ("0", "false", "no", "off")

Write = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Progress:
    """Tells of tasks through `write`, which takes a line."""

    write: Write

    @contextmanager
    def task(self, text: str) -> Generator[Write]:
        """A task at work; what is given tells how it ended. An exception in it is told of and goes on."""
        self.note(text)
        try:
            yield self.note
        except BaseException:
            self.note(f"{text} failed")
            raise

    def note(self, text: str) -> None:
        """Tell something besides."""
        self.write(f"[burn] {text}")

    def warn(self, text: str) -> None:
        """Tell of something that is wrong; the task at work goes on."""
        self.write(f"⚠ {text}")

    def update(self, text: str) -> None:
        """Which part of the task is at work now: of no interest in lines."""

    def watched(self, readers: Readers) -> Readers:
        """`readers` of a pass, told of while they read."""
        return readers


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
