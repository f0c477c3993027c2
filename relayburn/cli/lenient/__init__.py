"""`burn` as the reference reads its words: any flag is accepted, checks come in a fixed order (cli.md 2 and 3).

In: the words after `burn`. Out: an exit code, and what is written to the shell's streams. Used under ts-1.10.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from relayburn import __version__
from relayburn.cli.lenient.help import TOP
from relayburn.cli.lenient.ingest import ingest
from relayburn.cli.scan import Scan, scan
from relayburn.cli.shell import Shell
from relayburn.cli.still_missing import STILL_MISSING
from relayburn.errors import RelayburnError

Command = Callable[[Shell, Scan], int]


def _state(shell: Shell, found: Scan) -> int:
    # Late, because it brings the archive's tools along.
    from relayburn.cli.lenient.state import state

    return state(shell, found)


def _run_harness(shell: Shell, found: Scan) -> int:
    # Late, because it brings the readers along.
    from relayburn.cli.lenient.run import run_harness

    return run_harness(shell, found)


COMMANDS: dict[str, Command] = {"ingest": ingest, "state": _state, "run": _run_harness}


def run(shell: Shell, words: Sequence[str]) -> int:
    """Run the command that `words` name."""
    name = words[0] if words else "help"
    if name in ("--version", "-v", "version"):
        shell.say(__version__)
        return 0
    if name in ("help", "--help", "-h"):
        shell.say(TOP)
        return 0
    if name in STILL_MISSING:
        shell.tell(f"burn: {name} is not part of relayburn {__version__} yet")
        return 2
    if name not in COMMANDS:
        shell.tell(f"unknown command: {name}\n\n{TOP}")
        return 1
    try:
        return COMMANDS[name](shell, scan(words[1:]))
    except RelayburnError as error:
        shell.tell(f"burn: {error}")
        return 1
