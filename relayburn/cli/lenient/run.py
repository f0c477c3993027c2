"""`burn run`, its words read leniently (cli.md 14).

In: a scan. Out: the harness's exit code, or that of a usage error.
"""

from __future__ import annotations

from relayburn.cli.lenient.help import RUN
from relayburn.cli.run import HARNESSES
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell


def run_harness(shell: Shell, found: Scan) -> int:
    """Run the harness that the first word names."""
    name = found.word()
    if name is None or found.asks_for_help():
        shell.say(RUN)
        return 0 if found.asks_for_help() else 2
    if name not in HARNESSES:
        shell.tell(f'burn: unknown harness "{name}". Known: {", ".join(HARNESSES)}')
        return 2
    return HARNESSES[name](shell, found.tags, found.passed_through)
