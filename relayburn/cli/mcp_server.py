"""What `burn mcp-server` does once its words are understood (mcp.md 1 and 5).

In: a `Shell` whose stdin and stdout are the client's. Out: an exit code, when the client closes stdin. Only replies go to
stdout.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from relayburn.cli.formats import plural
from relayburn.cli.interrupt import Interrupt
from relayburn.cli.loading import read_logs
from relayburn.cli.progress import progress_of
from relayburn.cli.shell import Shell
from relayburn.errors import MissingPackage, OutputUnwritable, RelayburnError

if TYPE_CHECKING:
    from relayburn.mcp.service import Service


def serve_as_reference(shell: Shell, session: str | None) -> int:
    """Read all logs, bring the archive up to date, and serve the reference's one tool."""
    require_mcp()

    def log(line: str) -> None:
        shell.tell(f"[burn mcp-server] {line}")

    progress = progress_of(shell)
    try:
        with progress.task("mcp server initial ingest"), Interrupt() as interrupted:
            read_logs(shell, progress, stop=interrupted, on_warn=progress.warn)
    except RelayburnError as error:
        log(f"initial ingest failed: {error}")
    try:
        with progress.task("mcp server archive warmup") as tell:
            from relayburn.ledger.archive.refresh import refresh_archive

            applied = refresh_archive(shell.home, semantics=shell.semantics)
            tell(f"mcp archive warmup: {applied} turn{plural(applied)} applied")
    except RelayburnError as error:
        log(f"initial archive build failed: {error}")

    from relayburn.mcp.inquirer import Inquirer
    from relayburn.mcp.service import REFERENCE, Service

    return _serve(shell, Service(Inquirer(shell.home, shell.semantics, shell.cwd, session, log), REFERENCE))


def serve_tools(shell: Shell, session: str | None, *, is_debugged: bool) -> int:
    """Serve all tools; each call reads first what was logged since. Raises what opening the ledger raises."""
    require_mcp()
    from relayburn.ledger.query import walk
    from relayburn.ledger.store import store_of
    from relayburn.mcp.inquirer import Inquirer
    from relayburn.mcp.service import CURRENT, Service

    store_of(shell.home)
    next(walk(shell.home), None)

    def log(line: str) -> None:
        if is_debugged:
            shell.tell(f"[burn mcp] {line}")

    return _serve(shell, Service(Inquirer(shell.home, shell.semantics, shell.cwd, session, log), CURRENT))


def require_mcp() -> None:
    """Raise `MissingPackage` where the SDK of the protocol is not installed."""
    from importlib.util import find_spec

    # Of the package's older versions, which lack what we need, the second has no trace.
    if find_spec("mcp") is None or find_spec("mcp_types") is None:
        raise MissingPackage("mcp", "mcp")


def _serve(shell: Shell, service: Service) -> int:
    from relayburn.mcp.server import serve

    if isinstance(shell.stdin, io.TextIOWrapper):
        # A lone carriage return ends no line.
        shell.stdin.reconfigure(newline="\n")
    try:
        serve(service, shell.stdin, shell.stdout)
    except BrokenPipeError:
        raise
    except OSError as cause:
        raise OutputUnwritable(cause) from cause
    return 0
