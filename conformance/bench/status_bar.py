"""How long a status bar waits for `burn statusline`.

In: nothing. Out: milliseconds by the clock, of whole processes, in a home with one session: where the parts of the line are
some seconds old at most, and where they are older, so that another process is started to count them anew.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from conformance.bench.commands import environ_of
from conformance.bench.homes import fresh_home, write_small_logs
from conformance.bench.measure import Amount
from conformance.bench.processes import BURN
from relayburn.cli.statusline import FILE
from relayburn.ledger.home import Home

LIMIT_MS = 100
ROUNDS = 9
_TURNS = 100
_LONGEST_WAIT_S = 30.0


def status_bar(rounds: int = ROUNDS) -> tuple[Amount, ...]:
    """The median of all rounds, for both."""
    fresh: list[float] = []
    old: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        home = fresh_home(Path(folder) / "home", Path(folder))
        write_small_logs(home.user_home, files=1, turns=_TURNS)
        _run(home, "--wait")
        for _ in range(rounds):
            _pretend_counted(home, time.time() * 1000)
            fresh.append(_run(home))
            before = _pretend_counted(home, 0)
            old.append(_run(home))
            _await_count(home, before)
    return (
        Amount("burn statusline, just counted", median(fresh), "ms", limit=LIMIT_MS),
        Amount("burn statusline, counted long ago", median(old), "ms", limit=LIMIT_MS),
    )


def _run(home: Home, *words: str) -> float:
    """How long it takes in milliseconds."""
    started = time.perf_counter()
    subprocess.run(
        (BURN, "statusline", *words),
        env=environ_of(home),
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    return (time.perf_counter() - started) * 1e3


def _pretend_counted(home: Home, at: float) -> bytes:
    """Have the parts of the line be of the time `at`; what their file holds then."""
    file = home.path / FILE
    file.write_text(json.dumps(json.loads(file.read_bytes()) | {"at": at}), encoding="utf-8")
    return file.read_bytes()


def _await_count(home: Home, before: bytes) -> None:
    given_up_at = time.monotonic() + _LONGEST_WAIT_S
    while (home.path / FILE).read_bytes() == before:
        if time.monotonic() > given_up_at:
            raise RuntimeError("nobody counts what `burn statusline` shows")
        time.sleep(0.05)
