"""`python -m conformance.bench`: measure, print the ratios, exit 1 where one is over its limit."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import click
from rich.console import Console

from conformance.bench.archiving import archive_cost
from conformance.bench.commands import command_costs, idle_watch
from conformance.bench.harnesses import HARNESSES, Harness
from conformance.bench.homes import GrowingLedger, write_logs
from conformance.bench.ingesting import ingest_cost
from conformance.bench.invention import write_log
from conformance.bench.linear import growths
from conformance.bench.no_news import no_news
from conformance.bench.overhead import replay_overhead
from conformance.bench.reading import reading_cost
from conformance.bench.start_up import start_ups
from conformance.bench.status_bar import status_bar
from conformance.bench.tables import amount_table, command_table, growth_table, ratio_table
from conformance.bench.two_processes import speed_up


class Measured(Protocol):
    """Something with a limit."""

    @property
    def name(self) -> str: ...
    @property
    def is_over(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the made-up data is, in MB: the logs of each harness, those of a whole home, and ledgers."""

    logs: int = 20
    home: int = 200
    ledger: int = 100
    base: int = 20
    """Logs that a large ledger is made of."""


FULL = Sizes(ledger=300)


@dataclass(frozen=True, slots=True)
class Bench:
    """One run: what is measured, how large, from which seed, in which folder, and where it is shown."""

    harnesses: tuple[Harness, ...]
    sizes: Sizes
    seed: int
    folder: Path
    console: Console

    def reading(self) -> Iterator[Measured]:
        """What turning logs into records costs."""
        for harness in self.harnesses:
            cost = reading_cost(harness, self._logs(harness))
            self.console.print(ratio_table(f"Reading {cost.harness}", cost.ratios))
            self.console.print(f"{cost.size / 1e6:.1f} MB, {cost.tokenized:.0%} of the bytes tokenized\n")
            yield from cost.ratios

    def replay(self) -> Iterator[Measured]:
        """What the conformance harness costs beside its stages."""
        found = replay_overhead(self._logs(HARNESSES["claude"]), self.folder / "corpus")
        self.console.print(ratio_table("Replaying", found))
        yield from found

    def start(self) -> Iterator[Measured]:
        """What it costs to start the command."""
        found = start_ups()
        self.console.print(ratio_table("Starting, to the start of Python", found))
        waits = status_bar()
        self.console.print(amount_table("What a status bar waits for, by the clock", waits))
        yield from (*found, *waits)

    def growth(self) -> Iterator[Measured]:
        """What doubling the turns does to each analysis."""
        grown = list(growths(self.seed))
        self.console.print(growth_table(grown))
        yield from grown

    def ingest(self) -> Iterator[Measured]:
        """What ingesting a home costs, cold, in two processes, and without news."""
        user_home = self.folder / "user"
        write_logs(user_home, self.seed, self.sizes.home)
        cost = ingest_cost(user_home)
        self.console.print(ratio_table("Ingesting", [cost.ratio]))
        self.console.print(
            f"{cost.size / 1e6:.1f} MB at {cost.megabytes_per_second:.1f} MB/s; "
            f"floor: {cost.decoding * 1e3:.0f} ms orjson, {cost.counting * 1e3:.0f} ms quicktok\n"
        )
        faster = speed_up(user_home)
        self.console.print(amount_table("Ingesting with two processes", faster.amounts))
        if faster.is_disturbed:
            self.console.print("The machine is not free for this, so its clock is not judged by.\n")
        unchanged = no_news()
        self.console.print(ratio_table("Ingesting without news", unchanged.ratios))
        self.console.print(f"{unchanged.milliseconds_each:.3f} ms for each file\n")
        yield from (cost.ratio, *faster.amounts, *unchanged.ratios)

    def ledger(self) -> Iterator[Measured]:
        """What commands and a full build of the archive cost on a large ledger."""
        user_home = self.folder / "base"
        write_logs(user_home, self.seed, self.sizes.base)
        ledger = GrowingLedger(self.folder / "home", user_home)
        watch = idle_watch(ledger.home)
        ledger.grow_to(self.sizes.ledger)
        commands = command_costs(ledger)
        title = f"Commands on a ledger of {commands.megabytes:.0f} MB, {commands.turns:,} turns"
        self.console.print(command_table(title, commands.spent))
        self.console.print(ratio_table("Summing up", [commands.summary]))
        cost = archive_cost(ledger)
        self.console.print(ratio_table(f"Building the archive of {cost.megabytes:.0f} MB", cost.ratios))
        self.console.print(amount_table("Memory", [*cost.amounts, watch]))
        yield from (commands.summary, *cost.ratios, *cost.amounts, watch)

    def _logs(self, harness: Harness) -> list[Path]:
        logs = harness.logs(self.seed, self.sizes.logs * 1_000_000)
        return [write_log(self.folder / harness.name / str(number), log) for number, log in enumerate(logs)]


PARTS: dict[str, Callable[[Bench], Iterator[Measured]]] = {
    part.__name__: part for part in (Bench.reading, Bench.replay, Bench.start, Bench.growth, Bench.ingest, Bench.ledger)
}


@click.command()
@click.option("--part", "parts", type=click.Choice(list(PARTS)), multiple=True, help="Only this part; may be repeated.")
@click.option("--harness", "name", type=click.Choice(list(HARNESSES)), help="Only read the logs of one harness.")
@click.option("--megabytes", type=int, help="Logs of each harness that is read.  [default: 20]")
@click.option("--full", is_flag=True, help="Use a ledger of 300 MB, and of five times as much, instead of 100 MB.")
@click.option("--seed", default=1, show_default=True, help="Seed of the made-up logs.")
def main(parts: tuple[str, ...], name: str | None, megabytes: int | None, full: bool, seed: int) -> None:
    """What relayburn costs, against the least that the same work must cost.

    All data is made up. Costs are processor time, as ratios to a floor that is measured in the same run.
    """
    sizes = FULL if full else Sizes()
    if megabytes is not None:
        sizes = replace(sizes, logs=megabytes)
    harnesses = tuple(HARNESSES.values()) if name is None else (HARNESSES[name],)
    console = Console()
    over: list[Measured] = []
    for part in parts or (tuple(PARTS) if name is None else ("reading",)):
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(harnesses, sizes, seed, Path(folder), console)
            over += [measured for measured in PARTS[part](bench) if measured.is_over]
    for measured in over:
        console.print(f"over its limit: {measured}", style="red")
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
