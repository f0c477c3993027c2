"""A program run in our place: it has our standard streams, and signals that ask us to end are passed on to it (cli.md 14).

In: a `Shell` and the program's words. Out: its exit code. We outlive it, so that what it leaves behind can be ingested.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress

from relayburn.cli.bell import Bell
from relayburn.cli.shell import Shell

NOT_STARTED = 127

_TERMINAL = "/dev/tty"
_PASSED_ON = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


def run_child(shell: Shell, command: Sequence[str], environ: Mapping[str, str], on_start: Callable[[], None]) -> int:
    """Run `command` to its end; `on_start` is called once it runs. 0 where a signal ended it, 127 where it did not start."""
    with _passing_on() as signals:
        try:
            child = subprocess.Popen(
                command, env=environ, cwd=shell.cwd, stdin=shell.stdin, stdout=shell.stdout, stderr=shell.stderr
            )
        except OSError as error:
            reason = errno.errorcode.get(error.errno or 0, str(error))
            shell.tell(f"[burn] failed to spawn {command[0]}: spawn {command[0]} {reason}")
            return NOT_STARTED
        signals.go_to(child)
        on_start()
        return max(_ended(child), 0)


def _ended(child: subprocess.Popen[bytes]) -> int:
    """The exit code of `child`, awaited in another thread, so that signals are heard in this one at once."""
    with Bell() as bell:

        def wait() -> None:
            child.wait()
            bell.ring()

        waiting = threading.Thread(target=wait, name="child", daemon=True)
        waiting.start()
        while child.returncode is None:
            bell.sleep()
        waiting.join()
    return child.returncode


class _Signals:
    """Where signals go: to the program, which decides what to make of them; those that came too early, when it runs."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def take(self, number: int, _frame: object) -> None:
        """A signal of ours."""
        if number == signal.SIGINT and _terminal_reaches_both():
            return
        self._early.append(number)
        self._send()

    def go_to(self, child: subprocess.Popen[bytes]) -> None:
        """The program runs."""
        self._child = child
        self._send()

    def _send(self) -> None:
        while self._child is not None and self._early:
            with suppress(ProcessLookupError):
                self._child.send_signal(self._early.pop(0))


@contextmanager
def _passing_on() -> Generator[_Signals]:
    """While this is open, signals are passed on."""
    signals = _Signals()
    # What is ignored from the start, as in the background or under nohup, stays ignored.
    before = {number: heard for number in _PASSED_ON if (heard := signal.getsignal(number)) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, signals.take)
    try:
        yield signals
    finally:
        for number, heard in before.items():
            signal.signal(number, heard)


def _terminal_reaches_both() -> bool:
    """Whether Ctrl-C reaches the program without us: a terminal sends it to all of the group in its foreground.

    Passed on as well it would come twice, which to some harnesses means to end at once.
    """
    try:
        terminal = os.open(_TERMINAL, os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
