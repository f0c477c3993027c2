"""The lists of `burn hotspots` as tables: one row here for each roll-up (cli.md 8.1 and 9.1).

In: the rows of a roll-up. Out: their cells. All counts are grouped by thousands, but where a file was first touched.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.analyze.hotspot_report import HotspotReport
from relayburn.analyze.hotspot_rollups import BashHotspot, BashVerbHotspot
from relayburn.cli.formats import shortened, usd
from relayburn.jsnum import locale_text, to_fixed
from relayburn.pricing.ids import id_text

MOST_ROWS = 10
"""Rows of a list, where not all are asked for."""

Lists = Callable[[Sequence[Any]], Sequence[Any]]
"""How much of a list is shown."""


def first_rows(rows: Sequence[Any]) -> Sequence[Any]:
    """The dearest rows."""
    return rows[:MOST_ROWS]


def all_rows(rows: Sequence[Any]) -> Sequence[Any]:
    """Every row."""
    return rows


Column = tuple[str, Callable[[Any, HotspotReport], str]]
"""A header, and the cell of a row, for which the whole report may matter."""


@dataclass(frozen=True, slots=True)
class RollupTable:
    """One list: which roll-up, its title, what stands there without rows, its columns."""

    group_by: str
    title: str
    nothing: str
    columns: tuple[Column, ...]

    def rows(self, rows: Sequence[Any], report: HotspotReport) -> list[list[str]]:
        """The header and the cells of `rows`."""
        header = [name for name, _ in self.columns]
        return [header, *([cell(row, report) for _, cell in self.columns] for row in rows)]


def examples_text(row: BashVerbHotspot, each: int, together: int) -> str:
    """Some commands of a verb, each in at most `each` units, all in at most `together`."""
    return shortened("; ".join(shortened(example, each) for example in row.top_examples), together)


def command_text(row: BashHotspot, length: int) -> str:
    """A command in at most `length` units, or its hash where its text is not known."""
    command = row.command
    return shortened(command, length) if isinstance(command, str) else f"(hash {id_text(row.args_hash)[:8]})"


_INITIAL: Column = ("initial(tok)", lambda row, _: locale_text(row.initial_tokens))
_PERSIST: Column = ("persist(tok)", lambda row, _: locale_text(row.persistence_tokens))
_CALLS: Column = ("calls", lambda row, _: locale_text(row.call_count))
_COST: Column = ("cost", lambda row, _: usd(row.total_cost))


def _share(row: Any, report: HotspotReport) -> str:
    whole = report.attributed_total
    return f"{to_fixed(row.total_cost / whole * 100 if whole else 0, 1)}%"


ROLLUPS = (
    RollupTable(
        "file",
        "Top files by cumulative cost",
        "no Read/Edit/Write tool calls",
        (
            ("path", lambda row, _: id_text(row.path)),
            ("firstTurn", lambda row, _: id_text(row.first_emit_turn_index)),
            _INITIAL,
            _PERSIST,
            ("rideTurns", lambda row, _: locale_text(row.riding_turns)),
            _COST,
            ("%attr", _share),
        ),
    ),
    RollupTable(
        "bash-verb",
        "Top Bash verbs by cost",
        "no Bash tool calls",
        (
            ("verb", lambda row, _: row.verb),
            _CALLS,
            ("commands", lambda row, _: locale_text(row.distinct_commands)),
            _INITIAL,
            _PERSIST,
            ("avgRide", lambda row, _: to_fixed(row.avg_persistence_turns, 1)),
            _COST,
            ("examples", lambda row, _: examples_text(row, 40, 90)),
        ),
    ),
    RollupTable(
        "bash",
        "Top exact Bash commands by cost",
        "no Bash tool calls",
        (("command", lambda row, _: command_text(row, 60)), _CALLS, _INITIAL, _PERSIST, _COST),
    ),
    RollupTable(
        "subagent",
        "Top subagent calls by cost",
        "no Agent/Task tool calls",
        (("subagent", lambda row, _: id_text(row.subagent_type)), _CALLS, _INITIAL, _PERSIST, _COST),
    ),
)
"""The lists of the report, in order."""
