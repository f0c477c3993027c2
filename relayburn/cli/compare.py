"""What `burn compare` does once its words are understood (cli.md 11).

In: a `Shell` and which models over which turns. Out: a table of models by activity, for people, as JSON or as CSV, and an
exit code. What is shown to people is not rounded before it is printed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from relayburn.analyze.compare import DEFAULT_MIN_SAMPLE, CompareCell, CompareTable
from relayburn.cli.columns import Kind
from relayburn.cli.formats import counted, json_text, padded, usd
from relayburn.cli.loading import ingest_first
from relayburn.cli.progress import progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.jsnum import locale_text, number_text
from relayburn.ledger.query import LedgerQuery
from relayburn.records import to_wire
from relayburn.sdk.comparisons import USAGE_ONLY, Compared, ComparedCell, ExcludedTurns, compare_turns, comparison_of
from relayburn.sdk.reading import Reading
from relayburn.text import WHITE_SPACE, trim, utf16_length

_NOTHING = "—"
_COLUMNS = ("Turns", "Cost/turn", "1-shot")
_KINDS: tuple[Kind, ...] = ("figure", "money", "figure")
_GAP = "  "
_MOST_NOTES = 8
_CLASSES = (
    ("aggregate_only", "aggregate-only"),
    ("cost_only", "cost-only"),
    ("partial", "partial"),
    ("usage_only", "usage-only"),
)
_NO_DATA = "no data to compare (need turns spanning ≥1 model and ≥1 activity)."


@dataclass(frozen=True, slots=True)
class Question:
    """Which models, over the turns of `query` that were paid to `providers` and tell at least `min_fidelity`.

    Cells of fewer than `min_sample` turns are marked.
    """

    models: Sequence[str]
    query: LedgerQuery
    providers: frozenset[str] | None = None
    min_sample: float = DEFAULT_MIN_SAMPLE
    min_fidelity: str = USAGE_ONLY


def model_names(text: str) -> list[str]:
    """The models that `text` names, comma by comma, each once."""
    return list(dict.fromkeys(filter(None, map(trim, text.split(",")))))


def show_table(shell: Shell, asked: Question) -> int:
    """The table, for people."""
    found = _compared(shell, asked)
    parts: list[Part] = ["", f"turns analyzed: {locale_text(found.analyzed_turns)}"]
    if found.excluded.total:
        parts.append(_excluded_line(found.excluded, found.minimum))
    table = found.table
    if not (table.models and table.categories):
        write_report(shell, [*parts, "", _NO_DATA])
        return 0
    notes = list(_notes(table))
    parts += ["", *_grid(table), ""]
    if notes:
        parts += [*(f"  {note}" for note in notes[:_MOST_NOTES])]
        if len(notes) > _MOST_NOTES:
            parts.append(f"  … and {len(notes) - _MOST_NOTES} more coverage gaps.")
        parts.append("")
    write_report(shell, [*parts, *(_total_line(table, model) for model in table.models)])
    _warn(shell, table)
    return 0


def show_json(shell: Shell, asked: Question) -> int:
    """The table as one JSON object."""
    shell.say(json_text(to_wire(comparison_of(_compared(shell, asked)))))
    return 0


def show_csv(shell: Shell, asked: Question) -> int:
    """The cells as CSV, a line each, under a header of their JSON keys."""
    cells = comparison_of(_compared(shell, asked)).cells
    rows = chain([ComparedCell.__struct_encode_fields__], (to_wire(cell).values() for cell in cells))
    shell.say("\n".join(",".join(map(_csv_cell, row)) for row in rows))
    return 0


def _compared(shell: Shell, asked: Question) -> Compared:
    progress = progress_of(shell)
    ingest_first(shell, progress)
    with progress.task("querying compare slice") as tell:
        found = compare_turns(
            Reading(shell.home, shell.semantics, shell.remark),
            asked.query,
            asked.models,
            providers=asked.providers or (),
            min_sample=asked.min_sample,
            min_fidelity=asked.min_fidelity,
        )
        tell(f"built compare table from {counted(found.analyzed_turns, 'turn')}")
    return found


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return number_text(value)
    if any(mark in value for mark in ',"\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def _excluded_line(excluded: ExcludedTurns, minimum: str) -> str:
    counts = [(getattr(excluded, field), name) for field, name in _CLASSES]
    told = ", ".join(f"{locale_text(count)} {name}" for count, name in counts if count)
    return f"excluded {counted(excluded.total, 'turn')} below {minimum} fidelity ({told})"


def _grid(table: CompareTable) -> list[Part]:
    """A line with the models, each above its three columns, and the table below it."""
    header = ["Activity", *(_COLUMNS * len(table.models))]
    rows = [[category, *_cells(table, category)] for category in table.categories]
    widths = [max(map(utf16_length, column)) for column in zip(header, *rows, strict=True)]
    over = [" " * widths[0]]
    for at, model in enumerate(table.models):
        name, last = _short(model), (at + 1) * len(_COLUMNS)
        group = widths[last - 2 : last + 1]
        # A name that is wider than its columns widens the last of them.
        lacking = utf16_length(name) - sum(group) - len(_GAP) * (len(group) - 1)
        widths[last] += max(lacking, 0)
        header[last] = padded(header[last], widths[last])
        over.append(padded(name, utf16_length(name) - min(lacking, 0)))
    kinds: list[Kind] = ["text", *(_KINDS * len(table.models))]
    return [_GAP.join(over).rstrip(WHITE_SPACE), Table([header, *rows], columns=kinds)]


def _cells(table: CompareTable, category: str) -> Iterator[str]:
    for model in table.models:
        yield from _three(table.cells[model][category])


def _three(cell: CompareCell) -> tuple[str, str, str]:
    if cell.no_data:
        return _NOTHING, _NOTHING, _NOTHING
    cost = _NOTHING if cell.cost_per_turn is None else usd(cell.cost_per_turn)
    rate = _NOTHING if cell.one_shot_rate is None else f"{math.floor(cell.one_shot_rate * 100 + 0.5)}%"
    return locale_text(cell.turns), cost, rate


def _notes(table: CompareTable) -> Iterator[str]:
    """What is missing, category by category, where any model has data."""
    for category in table.categories:
        for model in table.models:
            name, cell = _short(model), table.cells[model][category]
            if cell.no_data:
                yield f"no {name} data in '{category}' — no comparison available."
            elif cell.insufficient_sample:
                sample = f"{locale_text(cell.turns)} turns < {number_text(table.min_sample)}"
                yield f"low {name} sample in '{category}' ({sample}) — treat as indicative."


def _total_line(table: CompareTable, model: str) -> str:
    total = table.totals[model]
    cost = usd(total.total_cost) if total.turns else _NOTHING
    return f"{_short(model)}: {locale_text(total.turns)} turns, {cost} total"


def _short(model: str) -> str:
    """A model's name without what stands before its first slash."""
    before, slash, after = model.partition("/")
    return after if slash else before


def _warn(shell: Shell, table: CompareTable) -> None:
    """Name the compared models some of whose turns have no price, on stderr, where rules tell of them."""
    if not shell.semantics.report_unpriced:
        return
    from relayburn.cli.unpriced import warn_of_unpriced
    from relayburn.pricing.unpriced import UnpricedModel

    counts = {
        model: sum(cell.turns - cell.priced_turns for cell in table.cells[model].values()) for model in table.models
    }
    warn_of_unpriced(shell, [UnpricedModel(model=model, turns=turns) for model, turns in counts.items() if turns])
