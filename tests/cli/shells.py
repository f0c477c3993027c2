"""Shells with a clock of their own, for tests that run a command's verb in this process."""

from __future__ import annotations

import io
from pathlib import Path

from relayburn.cli.shell import Shell
from relayburn.semantics import CURRENT, Semantics


def shell_in(
    user_home: Path, now_ms: float, *, stdin: str = "", semantics: Semantics = CURRENT, **variables: str
) -> Shell:
    """A shell whose streams are texts in memory."""
    environ = {"HOME": str(user_home), "TZ": "UTC"} | variables
    streams = io.StringIO(stdin), io.StringIO(), io.StringIO()
    return Shell(environ, str(user_home), *streams, semantics, lambda: now_ms)


def said(shell: Shell) -> str:
    """What stands on its stdout."""
    assert isinstance(shell.stdout, io.StringIO)
    return shell.stdout.getvalue()


def told(shell: Shell) -> str:
    """What stands on its stderr."""
    assert isinstance(shell.stderr, io.StringIO)
    return shell.stderr.getvalue()
