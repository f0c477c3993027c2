"""What building the archive costs, beside the least that any archive must do.

In: a ledger that can grow. Out: the processor time of a full build over that of DuckDB's `CREATE TABLE AS` of all columns
that the archive has, the whole record among them, and over one without that; the build's memory at two sizes of ledger.
All of it in processes of their own.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.bench.homes import GrowingLedger
from conformance.bench.measure import Amount, Ratio
from conformance.bench.processes import spent_by
from relayburn.ledger.archive import build_archive
from relayburn.ledger.archive.database import literal
from relayburn.ledger.home import Home
from relayburn.ledger.tables import TABLES

LIMIT, AIM = 2.5, 1.6
MEMORY_LIMIT = 1.3
"""By how much the memory of a build may grow with a ledger five times as large."""

ROUNDS = 3
_GROWN = 5


@dataclass(frozen=True, slots=True)
class ArchiveCost:
    """The ratios of a ledger of `megabytes` with `turns`, and the memory of builds in MB."""

    megabytes: float
    turns: int
    ratios: tuple[Ratio, ...]
    amounts: tuple[Amount, ...]


def archive_cost(ledger: GrowingLedger, rounds: int = ROUNDS) -> ArchiveCost:
    """Build the archive of `ledger` from nothing; afterwards the ledger is five times as large."""
    seconds = _least_seconds(ledger.home.path, rounds)
    megabytes, turns = ledger.megabytes, ledger.turns
    small = spent_by(_command("build", ledger.home.path)).peak_mb
    ledger.grow_to(round(_GROWN * megabytes))
    large = spent_by(_command("build", ledger.home.path)).peak_mb
    build = seconds["build"]
    return ArchiveCost(
        megabytes,
        turns,
        (
            Ratio("full build, to CREATE TABLE AS of its columns", build, seconds["whole table"], LIMIT, AIM),
            Ratio("the same, to one without whole records", build, seconds["table"]),
        ),
        (
            Amount(f"memory of a build of {megabytes:.0f} MB", small, "MB"),
            Amount(f"memory of a build of {ledger.megabytes:.0f} MB", large, "MB", limit=MEMORY_LIMIT * small),
        ),
    )


def _least_seconds(home: Path, rounds: int) -> dict[str, float]:
    """The processor time of each work, the least of all rounds, in which they take turns."""
    taken: dict[str, list[float]] = {work: [] for work in _WORKS}
    for _ in range(rounds):
        for work, seconds in taken.items():
            seconds.append(spent_by(_command(work, home)).answer)
    return {work: min(seconds) for work, seconds in taken.items()}


def _command(work: str, home: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "conformance.bench.archiving", work, str(home))


def _build(home: Home) -> None:
    build_archive(home, full=True)


def _create_table(home: Home) -> None:
    columns = f"{{kind: 'VARCHAR', record: '{_type(_shape())}'}}"
    _create(f"SELECT kind, record.* FROM read_ndjson({_ledger(home)}, columns={columns}, {_LONG_LINES})")


def _create_whole_table(home: Home) -> None:
    structure = json.dumps({"kind": "VARCHAR", "record": _shape()})
    lines = f"SELECT json, json_transform(json, '{structure}') AS r FROM read_ndjson_objects({_ledger(home)}, {_LONG_LINES})"
    parts = f"SELECT r.kind AS kind, r.record AS record, json::VARCHAR AS line FROM ({lines})"
    _create(f"SELECT kind, record.*, line FROM ({parts})")


_LONG_LINES = f"maximum_object_size={1 << 25}"
_WORKS: dict[str, Callable[[Home], None]] = {
    "build": _build,
    "table": _create_table,
    "whole table": _create_whole_table,
}


def _create(selection: str) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE records AS {selection}")


def _ledger(home: Home) -> str:
    return literal(str(home.ledger))


def _shape() -> dict[str, Any]:
    """The parts of records that all tables are made of."""
    shape: dict[str, Any] = {}
    for table in TABLES:
        for key, part in table.shape.items():
            shape[key] = shape[key] | part if isinstance(part, dict) and key in shape else part
    return shape


def _type(part: Any) -> str:
    """A part of a record as a type of DuckDB."""
    if isinstance(part, dict):
        return f"STRUCT({', '.join(f'{json.dumps(key)} {_type(inner)}' for key, inner in part.items())})"
    return f"{_type(part[0])}[]" if isinstance(part, list) else part


def main() -> None:
    """Do one work on one home, and say how many seconds of processors it took."""
    _, work, path = sys.argv
    home = Home(Path(path), Path(path), {})
    import duckdb  # noqa: F401 - to have it in memory is not part of the work

    started = time.process_time()
    _WORKS[work](home)
    print(time.process_time() - started)


if __name__ == "__main__":
    main()
