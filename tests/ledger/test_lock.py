"""Locks: the reference's protocol, and holders that cannot be taken for dead (ledger.md 4, docs/home.md)."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextvars import Context
from pathlib import Path

import pytest

from relayburn.errors import HomeUnwritable, LockUnavailable
from relayburn.ledger.home import Home
from relayburn.ledger.living_lock import living_lock
from relayburn.ledger.lock import PATIENCE, Patience, acquire, lock
from relayburn.semantics import CURRENT, TS_1_10
from tests.ledger.processes import process
from tests.ledger.records import NOW_MS, home_at

IMPATIENT = Patience(fast_retries=2, fast_retry_delay_ms=1, slow_retries=1, slow_retry_delay_ms=2)
WAITING = Patience(fast_retries=2, fast_retry_delay_ms=100, slow_retries=1, slow_retry_delay_ms=100)
LONG_AGO_S = 1_000_000_000
BOTH = pytest.mark.parametrize("semantics", [TS_1_10, CURRENT], ids=lambda semantics: semantics.name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_at(tmp_path / "burn")


def real_home(home: Home) -> Home:
    return Home(home.path, home.user_home, {})


def date(path: Path, age_ms: float) -> None:
    ns = int((NOW_MS - age_ms) * 1_000_000)
    os.utime(path, ns=(ns, ns))


class TestProtocol:
    def test_the_whole_wait_outlives_an_orphan(self) -> None:
        assert (PATIENCE.attempts, PATIENCE.total_ms) == (90, 11_000)
        assert [PATIENCE.delay_s(attempt) for attempt in (0, 49, 50, 89)] == [0.02, 0.02, 0.25, 0.25]

    @BOTH
    def test_it_is_a_file_while_it_is_held(self, home: Home, semantics) -> None:
        with lock(home, "ledger", semantics=semantics):
            assert home.lock_file("ledger").is_file()

        assert not home.lock_file("ledger").exists()

    def test_the_references_file_is_empty(self, home: Home) -> None:
        with lock(home, "ledger", semantics=TS_1_10):
            assert home.lock_file("ledger").read_bytes() == b""

    @BOTH
    def test_it_is_given_back_where_the_guarded_code_raises(self, home: Home, semantics) -> None:
        with pytest.raises(ZeroDivisionError), lock(home, "ledger", semantics=semantics):
            1 / 0  # noqa: B018

        assert not home.lock_file("ledger").exists()

    @BOTH
    def test_taking_it_again_changes_nothing(self, home: Home, semantics) -> None:
        with lock(home, "ledger", semantics=semantics):
            with lock(home, "ledger", semantics=semantics):
                pass
            assert home.lock_file("ledger").exists()

    @BOTH
    def test_another_name_or_home_is_another_lock(self, home: Home, tmp_path: Path, semantics) -> None:
        other = home_at(tmp_path / "other")
        with lock(home, "a", semantics=semantics), lock(home, "b", semantics=semantics):
            with lock(other, "a", semantics=semantics):
                assert other.lock_file("a").exists()
            assert home.lock_file("a").exists()

    def test_a_young_file_is_held(self, home: Home) -> None:
        path = home.lock_file("demo")
        acquire(home, path, IMPATIENT)
        date(path, 5000)

        with pytest.raises(LockUnavailable) as refused:
            acquire(home, path, IMPATIENT)

        assert str(refused.value) == (f"could not acquire lock after 3 attempts (~4ms) - held by live process: {path}")

    def test_a_file_older_than_five_seconds_is_an_orphan(self, home: Home) -> None:
        path = home.lock_file("demo")
        acquire(home, path, IMPATIENT)
        date(path, 5001)

        acquire(home, path, IMPATIENT)

        assert path.exists()

    def test_an_orphan_that_cannot_be_removed_is_named_so(self, home: Home) -> None:
        path = home.lock_file("demo")
        path.mkdir(parents=True)
        date(path, 9000)

        with pytest.raises(LockUnavailable, match="lock appears stale but unlink kept failing"):
            acquire(home, path, IMPATIENT)

    @BOTH
    def test_a_home_that_cannot_be_made_is_named(self, tmp_path: Path, semantics) -> None:
        (tmp_path / "file").touch()

        with pytest.raises(HomeUnwritable), lock(home_at(tmp_path / "file" / "burn"), "demo", semantics=semantics):
            pass


class TestLivingHolder:
    def test_it_is_not_robbed_however_old_its_file_looks(self, home: Home) -> None:
        with process("tests.ledger.lock_holder", home.path) as holder:
            os.utime(home.lock_file("demo"), (LONG_AGO_S, LONG_AGO_S))

            with (
                pytest.raises(LockUnavailable, match="held by live process"),
                living_lock(real_home(home), home.lock_file("demo"), WAITING),
            ):
                pass
            assert holder.poll() is None

    def test_it_is_not_robbed_while_it_is_stopped(self, home: Home) -> None:
        with process("tests.ledger.lock_holder", home.path) as holder:
            holder.send_signal(signal.SIGSTOP)
            os.utime(home.lock_file("demo"), (LONG_AGO_S, LONG_AGO_S))

            with (
                pytest.raises(LockUnavailable),
                living_lock(real_home(home), home.lock_file("demo"), WAITING),
            ):
                pass

    def test_its_file_is_kept_young_for_the_reference(self, home: Home) -> None:
        path = home.lock_file("demo")
        with process("tests.ledger.lock_holder", home.path):
            os.utime(path, (LONG_AGO_S, LONG_AGO_S))

            assert _within(3, lambda: path.stat().st_mtime > LONG_AGO_S)

    def test_a_dead_holder_is_succeeded_at_once(self, home: Home) -> None:
        with process("tests.ledger.lock_holder", home.path) as holder:
            holder.kill()
            holder.wait()
            assert home.lock_file("demo").exists()

            with living_lock(real_home(home), home.lock_file("demo"), IMPATIENT):
                pass

    def test_a_file_without_a_name_is_waited_for_as_the_reference_does(self, home: Home) -> None:
        path = home.lock_file("demo")
        acquire(home, path, IMPATIENT)
        date(path, 5000)
        with pytest.raises(LockUnavailable), living_lock(home, path, IMPATIENT):
            pass

        date(path, 5001)
        with living_lock(home, path, IMPATIENT):
            assert path.exists()

    def test_a_file_system_without_nameless_files_will_do(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("relayburn.ledger.living_lock._CAN_LINK", False)
        path = home.lock_file("demo")

        with living_lock(real_home(home), path, IMPATIENT):
            os.utime(path, (LONG_AGO_S, LONG_AGO_S))
            with pytest.raises(LockUnavailable), living_lock(real_home(home), path, IMPATIENT):
                pass

        assert not path.exists()

    def test_the_next_in_turn_gets_it(self, home: Home) -> None:
        with process("tests.ledger.lock_holder", home.path) as holder:
            assert holder.stdin is not None
            threading.Timer(0.2, holder.stdin.close).start()

            with lock(real_home(home), "demo"):
                assert home.lock_file("demo").exists()

    def test_another_thread_waits_its_turn(self, home: Home) -> None:
        order: list[str] = []

        def take() -> None:
            with lock(real_home(home), "demo"):
                order.append("other")

        with lock(real_home(home), "demo"):
            other = threading.Thread(target=Context().run, args=(take,))
            other.start()
            time.sleep(0.05)
            order.append("first")
        other.join()

        assert order == ["first", "other"]

    def test_a_forked_child_does_not_hold_it(self, home: Home) -> None:
        read, write = os.pipe()
        with lock(real_home(home), "demo"):
            child = os.fork()
            if child == 0:
                try:
                    with living_lock(real_home(home), home.lock_file("demo"), IMPATIENT):
                        os.write(write, b"held")
                except LockUnavailable:
                    os.write(write, b"refused")
                finally:
                    os._exit(0)
            os.waitpid(child, 0)
            assert home.lock_file("demo").exists()
        os.close(write)
        with os.fdopen(read, "rb") as said:
            assert said.read() == b"refused"


def _within(seconds: float, holds) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False
