"""`python -m conformance.bench`: measure, print the ratios, exit 1 where one is over its limit."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from conformance.bench.harnesses import HARNESSES, Harness
from conformance.bench.invention import write_log
from conformance.bench.linear import LIMIT, TIMES, Growth, growths
from conformance.bench.measure import Ratio
from conformance.bench.overhead import replay_overhead
from conformance.bench.reading import ReadingCost, reading_cost
from conformance.bench.start_up import start_ups


@click.command()
@click.option("--harness", "name", type=click.Choice(list(HARNESSES)), help="Only read the logs of one harness.")
@click.option("--megabytes", default=20, show_default=True, help="How much log to make up for each harness.")
@click.option("--seed", default=1, show_default=True, help="Seed of the made-up logs.")
def main(name: str | None, megabytes: int, seed: int) -> None:
    """What reading costs against the least that any reader must do, and a replay beside its stages; what doubling the
    turns does to each analysis."""
    console = Console()
    ratios: list[Ratio] = []
    grown: list[Growth] = []
    for harness in [HARNESSES[name]] if name else HARNESSES.values():
        with tempfile.TemporaryDirectory() as folder:
            cost = reading_cost(harness, _write(Path(folder), harness, seed, megabytes))
        _show(console, cost)
        ratios += cost.ratios
    if name is None:
        with tempfile.TemporaryDirectory() as folder:
            logs = _write(Path(folder), HARNESSES["claude"], seed, megabytes)
            overhead = replay_overhead(logs, Path(folder) / "corpus")
        console.print(_table("Replaying", overhead))
        ratios += overhead
        starts = start_ups()
        console.print(_table("Starting, to the start of Python", starts))
        ratios += starts
        grown = list(growths(seed))
        console.print(_growth_table(grown))
    over = [measured.name for measured in (*ratios, *grown) if measured.is_over]
    for measured in over:
        console.print(f"over its limit: {measured}", style="red")
    sys.exit(1 if over else 0)


def _write(folder: Path, harness: Harness, seed: int, megabytes: int) -> list[Path]:
    logs = harness.logs(seed, megabytes * 1_000_000)
    return [write_log(folder / str(number), log) for number, log in enumerate(logs)]


def _show(console: Console, cost: ReadingCost) -> None:
    console.print(_table(f"Reading {cost.harness}", cost.ratios))
    console.print(f"{cost.size / 1e6:.1f} MB, {cost.tokenized:.0%} of the bytes tokenized\n")


def _table(title: str, ratios: Sequence[Ratio]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("", "cost", "floor", "ratio", "limit", "aim"):
        table.add_column(column, justify="left" if not column else "right")
    for ratio in ratios:
        table.add_row(
            ratio.name,
            f"{ratio.cost * 1e3:.0f} ms",
            f"{ratio.floor * 1e3:.0f} ms",
            f"{ratio.value:.2f}",
            "" if ratio.limit is None else f"{ratio.limit:g}",
            "" if ratio.aim is None else f"{ratio.aim:g}",
        )
    return table


def _growth_table(grown: Sequence[Growth]) -> Table:
    table = Table(title="Twice the turns", title_justify="left")
    for column in ("", *(f"{times} times" for times in TIMES), "each doubling", "fitted", "limit"):
        table.add_column(column, justify="left" if not column else "right")
    for growth in grown:
        seconds = [f"{second * 1e3:.0f} ms" for second in growth.seconds]
        doublings = " ".join(f"{times:.2f}" for times in growth.doublings)
        table.add_row(growth.name, *seconds, doublings, f"{growth.per_doubling:.2f}", f"{LIMIT:g}")
    return table


if __name__ == "__main__":
    main()
