"""How a table is drawn on a terminal.

In: rows, what their columns hold, and the terminal. Out: text with control sequences: figures to the right, amounts
coloured by their share of the column's greatest, paths and names shortened in the middle where the terminal is too
narrow, and other texts at their ends.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from relayburn.cli.columns import Kind, amount_in

_GAP = 2
_LEAST = 8
"""No text is made shorter than this to have a table fit."""
_SHORTENED: tuple[Kind, ...] = ("path", "text", "name")
"""What is shortened, first to last."""
_STYLES = ((0.5, "bold red"), (0.2, "yellow"), (0.02, "green"))
"""From which share of the greatest amount on an amount looks how; the rest is dim."""
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal: so many cells wide, with the variables that say what it can do."""

    width: int
    environ: Mapping[str, str]

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str]) -> Terminal:
        """The terminal that `stream` writes to. `COLUMNS` counts more than what it says of itself."""
        told = environ.get("COLUMNS", "")
        if told.isdecimal() and int(told):
            return cls(int(told), environ)
        try:
            width = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            width = 0
        return cls(width or shutil.get_terminal_size().columns, environ)

    def drawn(self, rows: Sequence[Sequence[str]], kinds: Sequence[Kind], indent: str = "") -> str:
        """The lines of a table, the first row for its header, each after `indent`."""
        widths = self._widths(rows, kinds, cell_len(indent))
        table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
        header, *body = rows or [()]
        for column, (kind, width) in enumerate(zip(kinds, widths, strict=True)):
            name = header[column] if column < len(header) else ""
            justify = "right" if kind in ("figure", "money") else "left"
            table.add_column(Text(_fitted(name, width, "text")), justify=justify, width=width, no_wrap=True)
        greatest = [_greatest(body, column) if kind == "money" else 0.0 for column, kind in enumerate(kinds)]
        for row in body:
            cells = (_fitted(cell, width, kind) for cell, width, kind in zip(row, widths, kinds, strict=False))
            table.add_row(*(Text(cell, _style(cell, most)) for cell, most in zip(cells, greatest, strict=False)))
        lines = self._rendered(table, sum(widths) + _GAP * len(widths))
        return "\n".join(indent + line.rstrip() for line in lines)

    def _widths(self, rows: Sequence[Sequence[str]], kinds: Sequence[Kind], indent: int) -> list[int]:
        """How wide each column is drawn."""
        widths = [
            max((cell_len(row[column]) for row in rows if column < len(row)), default=0) for column in range(len(kinds))
        ]
        excess = indent + sum(widths) + _GAP * (len(widths) - 1) - self.width
        for kind in _SHORTENED:
            # The widest gives way first, until it is as wide as the next.
            while excess > 0:
                widest = max(
                    (column for column, its in enumerate(kinds) if its == kind), key=widths.__getitem__, default=None
                )
                if widest is None or widths[widest] <= _LEAST:
                    break
                widths[widest] -= 1
                excess -= 1
        return widths

    def _rendered(self, table: Table, width: int) -> list[str]:
        text = io.StringIO()
        console = Console(file=text, force_terminal=True, width=max(width, 1), highlight=False, _environ=self.environ)
        console.print(table, no_wrap=True, crop=False)
        return text.getvalue().split("\n")[:-1]


def _greatest(rows: Sequence[Sequence[str]], column: int) -> float:
    return max((amount_in(row[column]) or 0.0 for row in rows if column < len(row)), default=0.0)


def _style(cell: str, greatest: float) -> str:
    """How a cell looks; one of a column without amounts looks as it is."""
    amount = amount_in(cell) if greatest > 0 else None
    if amount is None:
        return ""
    return next((style for share, style in _STYLES if amount >= share * greatest), "dim")


def _fitted(cell: str, width: int, kind: Kind) -> str:
    """`cell` where it fits into `width` cells, else what is left of it: of a path or name both ends, of a text its beginning."""
    if cell_len(cell) <= width:
        return cell
    room = width - cell_len(_ELLIPSIS)
    if kind not in ("path", "name"):
        return _beginning(cell, room) + _ELLIPSIS
    # The end says more than the beginning.
    end = _beginning(cell[::-1], room - room // 3)[::-1]
    return _beginning(cell, room - cell_len(end)) + _ELLIPSIS + end


def _beginning(text: str, width: int) -> str:
    while cell_len(text) > width:
        text = text[:-1]
    return text
