"""What the columns of a table hold: figures, amounts of money, paths, names, or other text.

In: the cells of a column, its header first. Out: its kind, by which a terminal aligns, colours and shortens it. The kinds
need not be told: they show in the cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Kind = Literal["text", "name", "figure", "money", "path"]

_NOTHING = frozenset(("", "-", "—", "–", "*", "n/a"))
_NAMES = frozenset(("session", "model", "id", "version", "tool", "command", "day", "week", "month", "date"))
"""Headers of columns whose cells are names, even where they look like figures or paths."""
_PLACES = frozenset(("file", "path", "project", "folder"))
_AMOUNT = re.compile(r"\$(-?\d[\d,]*(?:\.\d+)?)")
_FIGURE = re.compile(r"[-+~±<>≤≥]?(?:\d[\d,]*(?:\.\d+)?|∞)\s?(?:%|×|[a-zA-Z]{1,2})?\*?(?:\s\(.*\))?")
_PATH = re.compile(r"\S*/\S*")


def kinds_of(rows: Sequence[Sequence[str]]) -> list[Kind]:
    """The kind of each column of `rows`, the first of which is the header."""
    width = max((len(row) for row in rows), default=0)
    return [_kind([row[column] if column < len(row) else "" for row in rows]) for column in range(width)]


def _kind(column: Sequence[str]) -> Kind:
    header, *cells = column
    heading = header.strip().lower()
    told = [cell.strip() for cell in cells if cell.strip() not in _NOTHING]
    if heading in _PLACES:
        return "path"
    if heading in _NAMES:
        return "name"
    if not told:
        return "text"
    if all(_AMOUNT.match(cell) for cell in told):
        return "money"
    if all(_FIGURE.fullmatch(cell) for cell in told):
        return "figure"
    return "path" if all(_PATH.fullmatch(cell) for cell in told) else "text"


def amount_in(cell: str) -> float | None:
    """The US dollars at the beginning of a cell, None where there are none."""
    found = _AMOUNT.match(cell.strip())
    return float(found[1].replace(",", "")) if found else None
