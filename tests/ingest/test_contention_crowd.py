"""A crowd on one home while sessions grow: passes, a watch and readers at once. Nothing is lost, nothing is there twice."""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.ingest.crowd import play
from tests.ingest.killing import CONTEXT, kills
from tests.ingest.test_contention_kills import (
    GrowingUser,
    assert_everything_is_there_once,
    assert_the_archive_is_one_built_from_nothing,
)

CROWD = ("ingest",) * 8 + ("watch", "ask", "look")


def test_passes_a_watch_and_readers_at_once_lose_nothing_and_never_fail(tmp_path: Path) -> None:
    someone = GrowingUser(tmp_path)
    someone.go_on()
    stopping = CONTEXT.Event()
    heard = [_begin(role, someone, stopping) for role in CROWD]
    for _ in range(kills(6)):
        someone.go_on()
        time.sleep(0.2)
    stopping.set()

    assert [[answer for answer in (hear.recv(),) if type(answer) is not int] for hear in heard] == [[]] * len(CROWD)
    assert_everything_is_there_once(someone)
    assert_the_archive_is_one_built_from_nothing(someone)
    assert not list(someone.home.path.glob("*.lock"))


def _begin(role: str, someone: GrowingUser, stopping: Event) -> Connection:
    """A process with a role, at work; it is told of in the end how it went."""
    hear, tell = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=play, args=(role, someone.home, stopping, tell))
    process.start()
    tell.close()
    assert hear.recv() is None
    return hear
