"""Whole processes, and what they take: time by the clock, processor time, memory.

In: a command and its environment. Out: what it and its children took. The command is started by a process that does
nothing else, because the system counts what its starter has in memory as the command's own at the moment it begins.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BURN = str(Path(sys.executable).parent / "burn")
"""The installed command."""

_LAUNCHER = """
import json, os, resource, subprocess, sys, time
started = time.perf_counter()
child = subprocess.Popen(sys.argv[1:])
_, status, used = os.wait4(child.pid, 0)
print()
print(json.dumps({
    "status": os.waitstatus_to_exitcode(status),
    "wall": time.perf_counter() - started,
    "processor": used.ru_utime + used.ru_stime,
    "peak": used.ru_maxrss,
}))
"""
_KB_PER_MB = 1e6 / (1 if sys.platform == "darwin" else 1024)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a process took: seconds by the clock and of processors, and the most memory at once in MB.

    `said` is its last line of output before its end, as JSON where it is that.
    """

    wall: float
    processor: float
    peak_mb: float
    said: str

    @property
    def answer(self) -> Any:
        """What it said, as JSON."""
        return json.loads(self.said)


def spent_by(command: Sequence[str], environ: Mapping[str, str] | None = None) -> Spent:
    """Run `command` to its end. Raises `RuntimeError` where it fails."""
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command]
    done = subprocess.run(launcher, env=environ, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line]
    if done.returncode or (used := json.loads(lines[-1]))["status"]:
        raise RuntimeError(f"{command[:4]} failed: {done.stderr[-2000:]}")
    said = lines[-2] if len(lines) > 1 else ""
    return Spent(used["wall"], used["processor"], used["peak"] / _KB_PER_MB, said)


def least_of(
    commands: Mapping[str, Sequence[str]], rounds: int, environ: Mapping[str, str] | None = None
) -> dict[str, Spent]:
    """For each command the least of all rounds, in which they take turns, an uncounted round first.

    Whatever else the machine does only ever adds to the time.
    """
    taken: dict[str, list[Spent]] = {name: [] for name in commands}
    for round_number in range(rounds + 1):
        for name, command in commands.items():
            spent = spent_by(command, environ)
            if round_number:
                taken[name].append(spent)
    return {
        name: Spent(
            min(spent.wall for spent in all_spent),
            min(spent.processor for spent in all_spent),
            max(spent.peak_mb for spent in all_spent),
            all_spent[-1].said,
        )
        for name, all_spent in taken.items()
    }
