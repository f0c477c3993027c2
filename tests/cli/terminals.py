"""The installed `burn` on a terminal, for tests."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.cli.burning import BURN

_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Told:
    """What a command wrote to its terminal, and how it ended."""

    returncode: int
    written: str

    @property
    def text(self) -> str:
        """What was written, without control sequences."""
        return _SEQUENCE.sub("", self.written)


def burn_on_terminal(
    user_home: Path, *words: str, columns: int = 80, interrupt_after: float | None = None, **variables: str
) -> Told:
    """What `burn words` did where stdin, stdout and stderr are one terminal.

    `interrupt_after` so many seconds from when something is written first, Ctrl-C is pressed.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    settings = termios.tcgetattr(theirs)
    # Line ends as they are written.
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(theirs, termios.TCSANOW, settings)
    environ = {"PATH": os.environ["PATH"], "HOME": str(user_home), "TZ": "UTC", "TERM": "xterm-256color"} | variables
    with subprocess.Popen(
        [BURN, *words], stdin=theirs, stdout=theirs, stderr=theirs, cwd=user_home, env=environ, start_new_session=True
    ) as process:
        os.close(theirs)
        written = _read(ours)
        if interrupt_after is not None and written:
            threading.Thread(target=_interrupt, args=(process.pid, interrupt_after), daemon=True).start()
        while more := _read(ours):
            written += more
        os.close(ours)
    return Told(process.returncode, written.decode())


def _interrupt(group: int, after: float) -> None:
    time.sleep(after)
    with suppress(ProcessLookupError):
        # As a terminal does it: the whole group of processes is told.
        os.killpg(group, signal.SIGINT)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        # Linux says so when the last one has closed the other end.
        return b""
