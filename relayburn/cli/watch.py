"""What `burn ingest --watch` does once its words are understood (cli.md 12).

In: a `Shell` and settled options. Out: an exit code, after SIGINT or SIGTERM; the pass that is being made then ends with its
state saved. This process stays small: passes are made in a child process, and nothing heavy is imported here, unless an
event stream is listened to or the reference's way is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from relayburn.cli.ingest import report_line
from relayburn.cli.pass_notes import Greeting, tell_beside
from relayburn.cli.shell import Shell
from relayburn.cli.stopping import StopSignals
from relayburn.errors import RelayburnError
from relayburn.ingest.report import IngestReport
from relayburn.ingest.wake_ups import Polling, session_file_events
from relayburn.ingest.watch import Pass, WakeUps, WatchLoop
from relayburn.ingest.watch_pass import WatchPass

if TYPE_CHECKING:
    from relayburn.cli.event_stream import StreamOptions

_MS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class WatchOptions:
    """A pass at most each `interval_ms`; `stream` is the event stream to listen to besides."""

    interval_ms: int = 1000
    quiet: bool = False
    stream: StreamOptions | None = None

    @property
    def interval_s(self) -> float:
        """The interval in seconds, as long as can be waited at most."""
        return min(self.interval_ms / _MS_PER_S, threading.TIMEOUT_MAX)


def watch_files(shell: Shell, options: WatchOptions) -> int:
    """Ingest whenever session files change."""
    events = session_file_events(shell.home, shell.semantics, log=shell.tell, interval_s=options.interval_s)
    return _watch_apart(shell, options, events)


def watch_clock(shell: Shell, options: WatchOptions) -> int:
    """Look at all session files each interval."""
    return _watch_apart(shell, options, Polling(options.interval_s))


def watch_as_reference(shell: Shell, options: WatchOptions) -> int:
    """Make a whole pass in this process each interval."""
    from relayburn.ingest.sweep import ingest_all

    ingest = partial(ingest_all, shell.home, log=shell.tell, semantics=shell.semantics)
    with StopSignals() as stop:
        return _watch(shell, options, ingest, Polling(options.interval_s), stop.wait)


def _watch_apart(shell: Shell, options: WatchOptions, wake_ups: WakeUps) -> int:
    """Watch with passes in a child process, which ends after the file at hand when it is to stop."""
    with StopSignals() as stop, WatchPass(shell.home, log=shell.tell, semantics=shell.semantics) as ingest:

        def wait() -> None:
            stop.wait()
            ingest.interrupt()

        return _watch(shell, options, ingest, wake_ups, wait)


def _watch(shell: Shell, options: WatchOptions, ingest: Pass, wake_ups: WakeUps, wait: Callable[[], None]) -> int:
    """Watch until `wait` returns."""
    if not options.quiet:
        shell.tell(f"[burn] ingest: foreground ingest every {options.interval_ms}ms; Ctrl-C to stop")
    listener = _Listener(shell, options.quiet)
    loop = WatchLoop(ingest, wake_ups, on_report=listener.hear, on_error=listener.fail)
    with ExitStack() as at_end:
        at_end.callback(loop.stop)
        if options.stream is not None:
            from relayburn.cli.event_stream import listen

            at_end.enter_context(listen(shell, options.stream, loop.tick, listener.hear))
        loop.start()
        wait()
    return 0


class _Listener:
    """Tells of passes."""

    def __init__(self, shell: Shell, quiet: bool) -> None:
        self._shell = shell
        self._quiet = quiet
        self._greeting = Greeting(shell)
        self._told: set[str] = set()

    def hear(self, report: IngestReport) -> None:
        """Tell of a pass that found something, and once of each store that nobody reads."""
        if not self._quiet:
            self._greeting.tell_if_due()
        unread = [source for source in report.unread_sources if source.path not in self._told]
        self._told.update(source.path for source in unread)
        tell_beside(self._shell, replace(report, unread_sources=unread))
        if report.appended_turns and not self._quiet:
            self._shell.tell(report_line(report))

    def fail(self, error: RelayburnError) -> None:
        """Tell why a pass failed."""
        self._shell.tell(f"[burn] ingest: {error}")
