"""What whole commands take on a large ledger whose sources are unchanged and whose archive is current.

In: a home with such a ledger. Out: time and memory of `burn summary`, `hotspots`, `overhead` and `compare`, the first beside
`python -c "import duckdb"`; and the memory of a `burn ingest --watch` that has nothing to do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.bench.homes import GrowingLedger
from conformance.bench.measure import Amount, Ratio
from conformance.bench.processes import BURN, Spent, least_of
from relayburn.ledger.archive import build_archive
from relayburn.ledger.home import Home

SUMMARY_LIMIT = 4.0
WATCH_LIMIT_MB = 35
ROUNDS = 5

_DUCKDB = "import duckdb"
_SETTLED_S = 3.0
_LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class CommandCosts:
    """What each command took, in a home with a ledger of `megabytes` and `turns`; `summary` over the start of DuckDB."""

    megabytes: float
    turns: int
    spent: Mapping[str, Spent]

    @property
    def summary(self) -> Ratio:
        """A summary, to the start of DuckDB, by processor time."""
        floor = self.spent[_DUCKDB].processor
        return Ratio(
            'burn summary, to python -c "import duckdb"', self.spent["burn summary"].processor, floor, SUMMARY_LIMIT
        )


def command_costs(ledger: GrowingLedger, rounds: int = ROUNDS) -> CommandCosts:
    """Run every command several times, after the archive was brought up to date."""
    build_archive(ledger.home)
    commands = {
        _DUCKDB: (sys.executable, "-c", _DUCKDB),
        "burn summary": (BURN, "summary"),
        "burn hotspots": (BURN, "hotspots"),
        "burn overhead": (BURN, "overhead", "--project", str(ledger.project)),
        "burn compare": (BURN, "compare", "claude-sonnet-4-6,gpt-5.2-codex"),
    }
    return CommandCosts(ledger.megabytes, ledger.turns, least_of(commands, rounds, environ_of(ledger.home)))


def idle_watch(home: Home) -> Amount:
    """The memory of a watch of `home` that waits for something to change, without its children, in MB."""
    command = (BURN, "ingest", "--watch")
    watch = subprocess.Popen(command, env=environ_of(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        megabytes = _settled_memory(watch.pid)
    finally:
        watch.send_signal(signal.SIGINT)
        watch.wait(_LONGEST_WAIT_S)
    return Amount("burn ingest --watch, idle", megabytes, "MB", limit=WATCH_LIMIT_MB)


def _settled_memory(pid: int) -> float:
    """What a process has in memory once that no longer changes, in MB."""
    given_up_at = time.monotonic() + _LONGEST_WAIT_S
    before = -1.0
    while (now := _memory(pid)) != before and time.monotonic() < given_up_at:
        before = now
        time.sleep(_SETTLED_S)
    return now


def _memory(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return int(kilobytes) * 1024 / 1e6


def environ_of(home: Home) -> dict[str, str]:
    """The environment of a command that is to use `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RELAYBURN_", "XDG_"))}
    return kept | {"HOME": str(home.user_home), "RELAYBURN_HOME": str(home.path)}
