"""A report for people: lines and tables, in the order in which they are read (cli.md 1 and 4).

In: lines without their ends, and tables. Out: one write to stdout, in which a table is as wide as its widest cells; on a
terminal the same parts are drawn, with figures aligned and amounts coloured, as wide as the terminal at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relayburn.cli import formats
from relayburn.cli.columns import Kind, kinds_of
from relayburn.cli.shell import Shell
from relayburn.semantics import TS_1_10


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first of which is the header; each line begins with `indent`.

    `columns` says what the columns hold; where it is not given, their cells say it.
    """

    rows: Sequence[Sequence[str]]
    indent: str = ""
    columns: Sequence[Kind] | None = None

    @property
    def kinds(self) -> Sequence[Kind]:
        """What each column holds."""
        return kinds_of(self.rows) if self.columns is None else self.columns


Part = str | Table


def write_report(shell: Shell, parts: Sequence[Part]) -> None:
    """Write `parts`, one below the other."""
    shell.say("\n".join(_drawn(shell, parts) if _may_be_drawn(shell) else map(plain, parts)))


def plain(part: Part) -> str:
    """A part as it is written where nothing may be drawn."""
    if isinstance(part, str):
        return part
    return "\n".join(part.indent + line for line in formats.table(part.rows).split("\n"))


def _may_be_drawn(shell: Shell) -> bool:
    return shell.semantics != TS_1_10 and shell.is_drawn_on(shell.stdout)


def _drawn(shell: Shell, parts: Sequence[Part]) -> list[str]:
    if all(isinstance(part, str) for part in parts):
        return [plain(part) for part in parts]
    from relayburn.cli.drawing import Terminal

    terminal = Terminal.of(shell.stdout, shell.environ)
    return [part if isinstance(part, str) else terminal.drawn(part.rows, part.kinds, part.indent) for part in parts]
