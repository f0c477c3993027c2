"""`burn ingest`, its words read leniently (cli.md 12).

In: a scan. Out: an exit code; usage errors are told with the help, in the reference's order.
"""

from __future__ import annotations

from relayburn.cli.ingest import ingest_hook, ingest_once
from relayburn.cli.lenient.help import INGEST
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell
from relayburn.jsnum import to_double, to_number

_DEFAULT_INTERVAL_MS = 1000.0
_ONLY_WITH_WATCH = ("interval", "opencode-stream", "opencode-url", "opencode-global", "daemon")


def ingest(shell: Shell, found: Scan) -> int:
    """Ingest once, again and again, or what a hook was told."""
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
        return _watch(shell, found)
    harness = found.value("hook")
    if harness is None:
        return ingest_once(shell)
    if harness != "claude":
        shell.tell(f"burn: unsupported hook harness: {harness}\n\n{INGEST}")
        return 2
    return ingest_hook(shell, quiet=quiet)


def _watch(shell: Shell, found: Scan) -> int:
    if found.is_set("daemon"):
        shell.tell("burn: ingest --watch --daemon is not supported yet; run burn ingest --watch in the foreground.")
        return 2
    if found.value("opencode-stream") is not None:
        shell.tell("burn: ingest --opencode-stream does not take a value")
        return 2
    text = found.value("interval")
    interval = _DEFAULT_INTERVAL_MS if text is None else to_double(to_number(text))
    if not (interval > 0 and float(interval).is_integer()):
        shell.tell("burn: ingest --interval must be a positive integer in milliseconds")
        return 2
    stream = None
    if found.is_set("opencode-stream"):
        from relayburn.cli.event_stream import StreamOptions

        stream = StreamOptions(found.value("opencode-url"), global_events=found.is_set("opencode-global"))
    from relayburn.cli.watch import WatchOptions, watch_as_reference

    return watch_as_reference(shell, WatchOptions(int(interval), quiet=found.is_set("quiet"), stream=stream))


def _complaint(found: Scan) -> str | None:
    """What is wrong with the flags that cannot stand together."""
    if found.is_set("watch") and found.value("hook") is not None:
        return "burn: ingest --watch and --hook are mutually exclusive"
    if found.is_set("hook"):
        return "burn: ingest --hook requires a harness name"
    if "runtime" in found.flags:
        return "burn: ingest --runtime is not supported; use --hook claude"
    return None
