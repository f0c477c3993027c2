"""How a child process of ours behaves: it works for its parent and never outlives it.

In: nothing. Out: a process in which signals meant for the whole group are left to the parent, which ends us in order, and
which runs no module that happens to lie in the folder we stand in.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from typing import Any

_LEFT_TO_PARENT = ("SIGINT", "SIGTERM", "SIGHUP")
_KEEPS_FOLDER_OUT = "PYTHONSAFEPATH"


@contextmanager
def undisturbed_birth() -> Generator[None]:
    """Processes started in here are `outside_of_folder`, and not interrupted before they can `obey_parent`; we are afterwards."""
    with outside_of_folder():
        if not hasattr(signal, "pthread_sigmask"):
            yield
            return
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in _LEFT_TO_PARENT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def outside_of_folder() -> Generator[None]:
    """Processes started in here import nothing from the current folder: a project's own `random.py` is not meant.

    Semaphores belong in here, too, because a process of its own clears up after them.
    """
    before = os.environ.get(_KEEPS_FOLDER_OUT)
    os.environ[_KEEPS_FOLDER_OUT] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_KEEPS_FOLDER_OUT]
        else:
            os.environ[_KEEPS_FOLDER_OUT] = before


def new_pool(count: int, initializer: Callable[..., None], *args: Any) -> ProcessPoolExecutor:
    """A pool of up to `count` processes, each of which first calls `initializer`; they are started `outside_of_folder`."""
    with outside_of_folder():
        return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=initializer, initargs=args)


def obey_parent() -> None:
    """Ignore what asks the parent to stop; end at once when the parent is gone."""
    for name in _LEFT_TO_PARENT:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
