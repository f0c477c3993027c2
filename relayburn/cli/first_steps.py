"""What to do where there is nothing to report on yet.

In: a `Shell`, and the report of a pass over the logs. Out: lines on stderr that say where sessions are looked for. The
reference says nothing of it, so nothing is said under ts-1.10.
"""

from __future__ import annotations

from relayburn.cli.shell import Shell
from relayburn.ingest.report import IngestReport
from relayburn.semantics import TS_1_10


def tell_first_steps(shell: Shell, report: IngestReport) -> None:
    """Say what to do where no session was found, and the home holds none of earlier."""
    if shell.semantics == TS_1_10 or report.scanned_sessions or _has_lines(shell):
        return
    from relayburn.ingest.roots import claude_roots, codex_roots, opencode_roots

    roots = [root for find in (claude_roots, codex_roots, opencode_roots) for root in find(shell.home, shell.semantics)]
    lines = [
        "no session was found yet. Sessions of Claude Code, Codex and OpenCode are looked for in",
        *(f"  {root}" for root in roots),
        "Work with one of them, or name its folder (CLAUDE_CONFIG_DIR, CODEX_HOME, XDG_DATA_HOME), and ask again; "
        "`burn doctor` tells more.",
    ]
    shell.tell("\n".join(lines))


def _has_lines(shell: Shell) -> bool:
    try:
        return shell.home.ledger.stat().st_size > 0
    except OSError:
        return False
