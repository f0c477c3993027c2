"""Real processes for the tests of locks, contention and crashes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def process(module: str, *args: object) -> Generator[subprocess.Popen[str]]:
    """A process that runs a module of the tests, once it said its first line; it is killed at the end."""
    command = [sys.executable, "-m", module, *map(str, args)]
    running = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stdin is not None
    assert running.stdout is not None
    with running:
        try:
            assert running.stdout.readline()
            yield running
        finally:
            running.kill()
