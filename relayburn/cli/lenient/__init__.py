"""`burn` as the reference reads its words: any flag is accepted, checks come in a fixed order (cli.md 2 and 3).

In: the words after `burn`. Out: an exit code, and what is written to the shell's streams. Used under ts-1.10.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from relayburn import __version__
from relayburn.cli.lenient.help import TOP
from relayburn.cli.scan import scan
from relayburn.cli.shell import Shell
from relayburn.errors import Misuse, RelayburnError

COMMANDS = {
    "summary": "summary",
    "hotspots": "hotspots",
    "overhead": "overhead",
    "compare": "compare",
    "ingest": "ingest",
    "run": "run_harness",
    "mcp-server": "mcp_server",
    "state": "state",
}
"""Each command and its function: `(Shell, Scan) -> exit code`, in the module of this package that is called as the command."""


def run_leniently(shell: Shell, words: Sequence[str]) -> int:
    """Run the command that `words` name."""
    name = words[0] if words else "help"
    if name in ("--version", "-v", "version"):
        shell.say(__version__)
        return 0
    if name in ("help", "--help", "-h"):
        shell.say(TOP)
        return 0
    if name not in COMMANDS:
        shell.tell(f"unknown command: {name}\n\n{TOP}")
        return 1
    try:
        # Late, because most commands bring much along.
        command = import_module(f"{__name__}.{name.replace('-', '_')}")
        return getattr(command, COMMANDS[name])(shell, scan(words[1:]))
    except Misuse as error:
        shell.tell(f"burn: {error}")
        return 2
    except RelayburnError as error:
        shell.tell(f"burn: {error}")
        return 1
