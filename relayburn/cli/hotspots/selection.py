"""Which kinds of waste `--patterns` asks for (cli.md 8.2, after-1x-surface.md 7).

In: a list, comma by comma. Out: kinds, as their detectors call them, in the order in which they are asked for.
"""

from __future__ import annotations

from relayburn.cli.hotspots.pattern_tables import pattern_tables
from relayburn.errors import InvalidOption
from relayburn.semantics import Semantics
from relayburn.text import trim


def selected_kinds(patterns: str, semantics: Semantics) -> list[str]:
    """The kinds that `patterns` names; all where it names none. Raises `InvalidOption`, which lists the names.

    Where the rules know of usage without a price, a kind may also be asked for by the name that its findings have.
    """
    tables = pattern_tables(semantics)
    kinds = {table.name: table.kind for table in tables}
    if semantics.report_unpriced:
        kinds = {table.kind: table.kind for table in tables} | kinds
    asked = [name for part in patterns.split(",") if (name := trim(part))]
    for name in asked:
        if name not in kinds:
            valid = ", ".join(table.name for table in tables)
            raise InvalidOption(f'unknown --patterns value "{name}". Valid: {valid}')
    return list(dict.fromkeys(kinds[name] for name in asked)) or [table.kind for table in tables]
