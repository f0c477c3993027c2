"""A report for people: lines and tables, in the order in which they are read (cli.md 1 and 4).

In: lines without their ends, and tables. Out: one write to stdout, in which a table is as wide as its widest cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relayburn.cli import formats
from relayburn.cli.shell import Shell


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first of which is the header; each line begins with `indent`."""

    rows: Sequence[Sequence[str]]
    indent: str = ""


Part = str | Table


def write_report(shell: Shell, parts: Sequence[Part]) -> None:
    """Write `parts`, one below the other."""
    shell.say("\n".join(part if isinstance(part, str) else _plain(part) for part in parts))


def _plain(table: Table) -> str:
    return "\n".join(table.indent + line for line in formats.table(table.rows).split("\n"))
