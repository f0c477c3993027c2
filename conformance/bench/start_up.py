"""What it costs to start `burn`, beside the start of Python itself.

In: the installed command. Out: the processor time of whole processes: `burn --version` and the help of every command, each
against `python -I -c pass`. A command's help imports the command's module and click, and nothing that it works with.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence

from conformance.bench.measure import Ratio
from conformance.bench.processes import BURN
from relayburn.cli.strict import COMMANDS

VERSION_LIMIT = 2.0
ROUNDS = 9

_PYTHON = (sys.executable, "-I", "-c", "pass")


def start_ups(rounds: int = ROUNDS) -> tuple[Ratio, ...]:
    """The start of `burn --version`, which has a limit, and of `burn --help` and every command's."""
    words: dict[str, tuple[str, ...]] = {"burn --version": ("--version",), "burn --help": ("--help",)}
    words |= {f"burn {name} --help": (name, "--help") for name in COMMANDS}
    commands: dict[str, Sequence[str]] = {"python": _PYTHON} | {name: (BURN, *after) for name, after in words.items()}
    seconds = process_seconds(commands, rounds)
    return tuple(
        Ratio(name, seconds[name], seconds["python"], VERSION_LIMIT if name == "burn --version" else None)
        for name in words
    )


def process_seconds(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, float]:
    """The processor time of each command, in seconds: the least of all rounds, in which they take turns.

    Whatever else the machine does only ever adds to the time. An uncounted round comes first.
    """
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for round_number in range(rounds + 1):
        for name, command in commands.items():
            before = _children_seconds()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            if round_number:
                taken[name].append(_children_seconds() - before)
    return {name: min(seconds) for name, seconds in taken.items()}


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
