"""How a child process of ours behaves: it works for its parent and never outlives it.

In: nothing. Out: a process in which signals meant for the whole group are left to the parent, which ends us in order.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.connection import wait

_LEFT_TO_PARENT = ("SIGINT", "SIGTERM", "SIGHUP")


@contextmanager
def undisturbed_birth() -> Generator[None]:
    """Processes started in here are not interrupted before they can `obey_parent`; we are afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {getattr(signal, name) for name in _LEFT_TO_PARENT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
