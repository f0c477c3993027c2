"""What a command stands in: environment, folder, standard streams, clock, and whose rules hold (cli.md 1).

In: the process's own, or what a test gives. Out: a `Shell`, handed to every command; below it nobody looks at the
process itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self, TextIO

from relayburn.errors import NoWorkingFolder, OutputUnwritable
from relayburn.ledger.home import Home, system_clock
from relayburn.semantics import Semantics
from relayburn.text import well_formed


@dataclass(slots=True)
class Screen:
    """What is being drawn on a terminal besides what a command writes: nothing, unless `hide` and `show` say how."""

    hide: Callable[[], None] | None = None
    show: Callable[[], None] | None = None

    def __enter__(self) -> None:
        """Make room for something to be written."""
        if self.hide is not None:
            self.hide()

    def __exit__(self, *_: object) -> None:
        if self.show is not None:
            self.show()


@dataclass(frozen=True, slots=True)
class Shell:
    """The surroundings of a command; `semantics` are the rules that it goes by, `clock` gives milliseconds."""

    environ: Mapping[str, str]
    cwd: str
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    semantics: Semantics
    clock: Callable[[], float] = system_clock
    screen: Screen = field(default_factory=Screen, compare=False)

    @classmethod
    def of_process(cls, semantics: Semantics) -> Shell:
        """This process's own; text is UTF-8 whatever the locale. Raises `NoWorkingFolder`."""
        try:
            cwd = str(Path.cwd())
        except FileNotFoundError:
            raise NoWorkingFolder from None
        stdin, stdout, stderr = (_utf8(stream) for stream in (sys.stdin, sys.stdout, sys.stderr))
        return cls(dict(os.environ), cwd, stdin, stdout, stderr, semantics)

    def with_home(self, path: str) -> Self:
        """The same, with `path` for a home."""
        return self.with_variable("RELAYBURN_HOME", os.path.abspath(path))  # noqa: PTH100 - keeps links as they are

    def with_variable(self, name: str, value: str) -> Self:
        """The same, with a variable set."""
        return replace(self, environ={**self.environ, name: value})

    @property
    def home(self) -> Home:
        """The home that the environment names."""
        return Home.of_environment(self.environ, self.clock)

    def say(self, text: str) -> None:
        """Write data: `text` and a line end."""
        with self.screen:
            _write(self.stdout, text)

    def tell(self, line: str) -> None:
        """Write a line to stderr, where everything goes that is no data."""
        with self.screen:
            _write(self.stderr, line)

    def remark(self, line: str) -> None:
        """Write a line to stderr that `burn` says of its own accord, beside an answer."""
        self.tell(f"burn: {line}")

    def read_all(self) -> str:
        """All that stdin holds; nothing where it is a terminal."""
        return "" if self.stdin.isatty() else self.stdin.read()

    def is_drawn_on(self, stream: TextIO) -> bool:
        """Whether colours and figures may be drawn on `stream`: it is a terminal, and nobody objects."""
        return stream.isatty() and not self.environ.get("NO_COLOR") and self.environ.get("TERM") != "dumb"


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(f"{well_formed(text)}\n")
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as cause:
        raise OutputUnwritable(cause) from cause


def _utf8(stream: Any) -> TextIO:
    """A standard stream of this process; nowhere and nothing, where it was closed before we began."""
    if stream is None:
        return Path(os.devnull).open("r+", encoding="utf-8")
    stream.reconfigure(encoding="utf-8", errors="replace")
    return stream
