"""A running program that is spoken to in lines, under a time limit.

In: a command and lines. Out: the line it answers, or one of the ways in which a program can fail to. Reading and
writing wait for each other in one place, and stderr is drained by a thread of its own, so neither a flood nor a silence can block
the harness.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence

from conformance.wire import excerpt

_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 28
_LINES_KEPT = 12
_LINE_LENGTH_KEPT = 300
_SECONDS_TO_END = 2.0


class Hung(Exception):
    """No line came in time."""


class Ended(Exception):
    """The program ended, or closed its output, before the line came."""


class Flooded(Exception):
    """The program wrote more than was asked for."""


class Program:
    """A program, started in a process group of its own. Raises `OSError` where it cannot be started."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            start_new_session=True,
            bufsize=0,
        )
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        self._stdin, self._stdout, stderr = (pipe.fileno() for pipe in pipes if pipe is not None)
        os.set_blocking(self._stdin, False)
        os.set_blocking(self._stdout, False)
        self._unread = bytearray()
        self.stderr = Tail(stderr)

    def converse(self, line: bytes, seconds: float) -> bytes:
        """Send `line`, and give the line that comes back. Raises `Hung`, `Ended` or `Flooded`."""
        deadline = time.monotonic() + seconds
        unsent = memoryview(line + b"\n")
        searched = 0
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            selector.register(self._stdin, selectors.EVENT_WRITE)
            while (end := self._unread.find(b"\n", searched)) < 0 or unsent:
                if len(self._unread) > _LONGEST_LINE:
                    raise Flooded(f"a line longer than {_LONGEST_LINE} bytes: {excerpt(bytes(self._unread[:200]))}")
                searched = len(self._unread) if end < 0 else searched
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready or time.monotonic() > deadline:
                    raise Hung(f"no answer within {seconds:g} s")
                for key, _ in ready:
                    if key.fd == self._stdout:
                        self._read()
                        continue
                    unsent = self._write(unsent)
                    if not unsent:
                        selector.unregister(self._stdin)
        answer = bytes(self._unread[:end])
        del self._unread[: end + 1]
        if self._unread:
            raise Flooded(f"more than one line for one request: {excerpt(bytes(self._unread[:200]))}")
        return answer

    def _read(self) -> None:
        try:
            data = os.read(self._stdout, _CHUNK)
        except BlockingIOError:
            return
        if not data:
            raise Ended(self._how_it_ended())
        self._unread += data

    def _write(self, unsent: memoryview) -> memoryview:
        try:
            return unsent[os.write(self._stdin, unsent[:_CHUNK]) :]
        except BlockingIOError:
            return unsent
        except BrokenPipeError:
            # What it still has to say, if anything, is on its output.
            return unsent[len(unsent) :]

    def _how_it_ended(self) -> str:
        middle = (
            f" in the middle of a line: {excerpt(bytes(self._unread[:200]))}" if self._unread else " before answering"
        )
        try:
            code = self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            return f"closed its output{middle}"
        if code < 0:
            return f"was killed by {signal.Signals(-code).name}{middle}"
        return f"exited with code {code}{middle}"

    def close(self) -> None:
        """Close its input, give it a moment to end, then end it and whatever it started."""
        with contextlib.suppress(OSError):
            os.set_blocking(self._stdin, True)
        self._close_pipe(self._process.stdin)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS_TO_END)
        self.kill()

    def kill(self) -> None:
        """End it now, with whatever it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.stderr.stop()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            self._close_pipe(pipe)

    @staticmethod
    def _close_pipe(pipe: object) -> None:
        close = getattr(pipe, "close", None)
        if close is not None:
            with contextlib.suppress(OSError):
                close()


class Tail:
    """The last lines that come from a pipe, which a thread drains for as long as it is open."""

    def __init__(self, pipe: int) -> None:
        self.bytes_seen = 0
        self._pipe = pipe
        self._lines: deque[bytes] = deque(maxlen=_LINES_KEPT)
        self._open_line = b""
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def lines(self) -> list[str]:
        """The last lines, cut where they are long."""
        kept = [*self._lines, self._open_line] if self._open_line else list(self._lines)
        return [line[:_LINE_LENGTH_KEPT].decode("utf-8", errors="replace") for line in kept]

    def stop(self) -> None:
        """Wait for what is still on its way; call after the program has ended."""
        self._thread.join(_SECONDS_TO_END)

    def _drain(self) -> None:
        while True:
            try:
                data = os.read(self._pipe, _CHUNK)
            except OSError:
                return
            if not data:
                return
            self.bytes_seen += len(data)
            *ended, last = (self._open_line + data).split(b"\n")
            self._lines.extend(line[:_LINE_LENGTH_KEPT] for line in ended[-_LINES_KEPT:])
            self._open_line = last[:_LINE_LENGTH_KEPT]
