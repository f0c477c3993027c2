"""`burn ingest`, its words read leniently (cli.md 12).

In: a scan. Out: an exit code; usage errors are told with the help, in the reference's order.
"""

from __future__ import annotations

from relayburn import __version__
from relayburn.cli.ingest import ingest_hook, ingest_once
from relayburn.cli.lenient.help import INGEST
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell

_ONLY_WITH_WATCH = ("interval", "opencode-stream", "opencode-url", "opencode-global", "daemon")


def ingest(shell: Shell, found: Scan) -> int:
    """Ingest once, or what a hook was told."""
    if found.asks_for_help():
        shell.say(INGEST)
        return 0
    if (complaint := _complaint(found)) is not None:
        shell.tell(f"{complaint}\n\n{INGEST}")
        return 2
    watch, quiet = found.is_set("watch"), found.is_set("quiet")
    if not watch and not quiet:
        for name in _ONLY_WITH_WATCH:
            if name in found.flags:
                shell.tell(f"burn: ingest --{name} is only used with --watch; ignoring")
    if watch:
        shell.tell(f"burn: ingest --watch is not part of relayburn {__version__} yet")
        return 2
    harness = found.value("hook")
    if harness is None:
        return ingest_once(shell)
    if harness != "claude":
        shell.tell(f"burn: unsupported hook harness: {harness}\n\n{INGEST}")
        return 2
    return ingest_hook(shell, quiet=quiet)


def _complaint(found: Scan) -> str | None:
    """What is wrong with the flags that cannot stand together."""
    if found.is_set("watch") and found.value("hook") is not None:
        return "burn: ingest --watch and --hook are mutually exclusive"
    if found.is_set("hook"):
        return "burn: ingest --hook requires a harness name"
    if "runtime" in found.flags:
        return "burn: ingest --runtime is not supported; use --hook claude"
    return None
