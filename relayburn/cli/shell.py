"""What a command stands in: environment, folder, standard streams, clock, and whose rules hold (cli.md 1).

In: the process's own, or what a test gives. Out: a `Shell`, handed to every command; below it nobody looks at the
process itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from relayburn.ledger.home import Home, system_clock
from relayburn.semantics import Semantics
from relayburn.text import well_formed


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

    @classmethod
    def of_process(cls, semantics: Semantics) -> Shell:
        """This process's own."""
        return cls(dict(os.environ), str(Path.cwd()), sys.stdin, sys.stdout, sys.stderr, semantics)

    @property
    def home(self) -> Home:
        """The home that the environment names."""
        return Home.of_environment(self.environ, self.clock)

    def say(self, text: str) -> None:
        """Write data: `text` and a line end."""
        _write(self.stdout, text)

    def tell(self, line: str) -> None:
        """Write a line to stderr, where everything goes that is no data."""
        _write(self.stderr, line)

    def read_all(self) -> str:
        """All that stdin holds; nothing where it is a terminal."""
        return "" if self.stdin.isatty() else self.stdin.read()


def _write(stream: TextIO, text: str) -> None:
    stream.write(f"{well_formed(text)}\n")
    stream.flush()
