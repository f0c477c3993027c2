"""Signals that ask a command to end in order."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from relayburn.cli.stopping import StopSignals


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_first_signal_asks(number: int, code: int) -> None:
    before = signal.getsignal(number)
    with StopSignals() as stop:
        assert (stop(), stop.exit_code) == (False, 0)
        os.kill(os.getpid(), number)
        stop.wait()

    assert (stop(), stop.exit_code) == (True, code)
    assert signal.getsignal(number) == before


def test_a_signal_that_another_thread_receives_asks_too() -> None:
    def receive() -> None:
        time.sleep(0.1)
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    with StopSignals() as stop:
        threading.Thread(target=receive).start()
        stop.wait()

    assert stop.exit_code == 143


def test_the_second_does_what_it_always_does() -> None:
    def twice() -> None:
        with StopSignals():
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        twice()


def test_what_was_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with StopSignals() as stop:
            os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert not stop()
