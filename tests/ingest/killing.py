"""Real processes that are killed (SIGKILL), at a random moment or at one of their steps on the disk.

Each is forked from a server that has loaded what takes long to load, so that hundreds can be killed in a minute.
`RELAYBURN_TEST_KILLS` says how many (docs/home.md).
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from relayburn.ledger.home import Home

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.ingest.work_to_kill", "tests.ingest.crowd"])

_STEPS = frozenset({"open", "os.rename", "os.remove", "os.rmdir", "os.link", "os.mkdir", "os.truncate"})
"""What Python tells its audit hooks of steps on a disk."""


def kills(in_a_short_run: int) -> int:
    """How often to kill."""
    return int(os.environ.get("RELAYBURN_TEST_KILLS") or in_a_short_run)


class Killing:
    """Runs `work` of one home in a process of its own and kills it, later and later as long as it gets done too early."""

    def __init__(self, work: Callable[..., None], seed: int) -> None:
        self._work = work
        self._chance = random.Random(seed)
        self._longest_s = 0.05
        self.midway = 0
        """How many were killed at work, rather than after it."""

    def once(self, *args: Any) -> None:
        """Do the work with `args`, and kill it at a random moment."""
        begun, tell = CONTEXT.Pipe(duplex=False)
        process = CONTEXT.Process(target=_work, args=(self._work, args, tell))
        process.start()
        begun.recv()
        begin = time.monotonic()
        time.sleep(self._chance.uniform(0, self._longest_s))
        if process.is_alive():
            self.midway += 1
            process.kill()
            self._longest_s = max(self._longest_s, 1.1 * (time.monotonic() - begin))
        process.join()
        begun.close()
        assert process.exitcode in (0, -signal.SIGKILL)


def steps_of(work: Callable[..., None], home: Home, *args: Any) -> int:
    """How many steps on the disk `work` takes in `home`."""
    return _stepwise(work, home, sys.maxsize, args)


def kill_at_step(step: int, work: Callable[..., None], home: Home, *args: Any) -> None:
    """Do `work` in `home`, and die before step `step` (from 1)."""
    assert _stepwise(work, home, step, args) == step - 1


def told_apart(work: Callable[..., None], *args: Any) -> tuple[Any, int | None]:
    """What `work`, in a process of its own, sends by the connection that it is given before `args`, and its exit code."""
    hear, tell = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=work, args=(tell, *args))
    process.start()
    tell.close()
    told = hear.recv()
    process.join()
    hear.close()
    return told, process.exitcode


def _stepwise(work: Callable[..., None], home: Home, step: int, args: tuple[Any, ...]) -> int:
    taken, code = told_apart(_work_stepwise, work, home, args, step)
    assert code == (0 if step == sys.maxsize else -signal.SIGKILL)
    return taken


def _work(work: Callable[..., None], args: tuple[Any, ...], tell: Connection) -> None:
    tell.send(None)
    work(*args)


def _work_stepwise(tell: Connection, work: Callable[..., None], home: Home, args: tuple[Any, ...], step: int) -> None:
    taken = 0

    def hear(event: str, about: tuple[Any, ...]) -> None:
        nonlocal taken
        if event in _STEPS and isinstance(about[0], str | os.PathLike) and str(about[0]).startswith(str(home.path)):
            if taken + 1 == step:
                tell.send(taken)
                os.kill(os.getpid(), signal.SIGKILL)
            taken += 1

    sys.addaudithook(hear)
    work(home, *args)
    tell.send(taken)
