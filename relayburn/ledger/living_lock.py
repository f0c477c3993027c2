"""Locks whose holder cannot be taken for dead while it lives: those of `exactly_once`.

In: the path of a lock file. Out: a context in which it is ours. The file is created exclusively, as the reference does
it, so that both can share a home; the holder also locks it with the system (`flock`), writes who it is into it, and
touches it every second. Who finds a file with a name in it that the system would lock for him knows that the holder
died, and takes over at once; who finds an empty one (the reference's) waits until it is old enough.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from relayburn.errors import HomeUnwritable
from relayburn.ledger.home import Home
from relayburn.ledger.lock_file import Patience, is_orphan, unavailable
from relayburn.ledger.private_files import make_folder

try:
    import fcntl
except ImportError:  # pragma: no cover - systems without flock have the reference's protocol, and the renewal
    fcntl = None

_FILE_MODE = 0o600
_RENEWAL_S = 1.0
_POLL_S = 0.002
_LONGEST_POLL_S = 0.05
_NONCES = itertools.count(1)
_CAN_LINK = hasattr(os, "O_TMPFILE") and os.link in os.supports_dir_fd and Path("/proc/self/fd").is_dir()


@dataclass(frozen=True, slots=True)
class _Hold:
    """A lock of ours: its path and the descriptor that the system locked."""

    path: Path
    descriptor: int


@contextmanager
def living_lock(home: Home, path: Path, patience: Patience) -> Generator[None]:
    """Hold the lock file `path`.

    Waits as long as other living holders take turns; raises `LockUnavailable` when one and the same kept it for the
    whole of `patience`, `HomeUnwritable` where the file cannot be created.
    """
    hold = _acquire(home, path, patience)
    _RENEWAL.add(hold)
    try:
        yield
    finally:
        _RENEWAL.discard(hold)
        _release(hold)


def _acquire(home: Home, path: Path, patience: Patience) -> _Hold:
    make_folder(path.parent)
    holder: object = None
    given_up_at = poll = 0.0
    while True:
        if (hold := _create(path)) is not None:
            return hold
        found = _holder(home, path, patience)
        now = time.monotonic()
        if found is None or found != holder:
            holder, poll = found, _POLL_S
            given_up_at = now + patience.total_ms / 1000
            if found is None:
                continue
        elif now >= given_up_at:
            raise unavailable(path, patience, "held by live process")
        time.sleep(poll)
        poll = min(poll * 1.5, _LONGEST_POLL_S)


def _create(path: Path) -> _Hold | None:
    if os.path.lexists(path):
        return None
    try:
        return _create_whole(path) if _CAN_LINK else _create_empty(path)
    except FileExistsError:
        return None
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause


def _create_whole(path: Path) -> _Hold:
    """Let the file appear with its holder's name in it, locked: no crash can leave one that says nothing."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            descriptor = os.open(path.parent, os.O_RDWR | os.O_TMPFILE | os.O_CLOEXEC, _FILE_MODE)
        except OSError:
            # Not every file system has files without a name.
            return _create_empty(path)
        try:
            _sign(descriptor)
            os.link(f"/proc/self/fd/{descriptor}", path.name, dst_dir_fd=folder)
        except BaseException:
            os.close(descriptor)
            raise
    finally:
        os.close(folder)
    return _Hold(path, descriptor)


def _create_empty(path: Path) -> _Hold:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
    _sign(descriptor)
    return _Hold(path, descriptor)


def _sign(descriptor: int) -> None:
    """Lock the file, and then write who holds it: the name says that the lock on the file is worth asking for."""
    if _locked(descriptor):
        with suppress(OSError):
            os.write(descriptor, f"{os.getpid()} {next(_NONCES)} {time.monotonic_ns()}\n".encode())


def _locked(descriptor: int) -> bool:
    if fcntl is None:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _holder(home: Home, path: Path, patience: Patience) -> object:
    """Something that tells this holder from others; None where it is gone, or was dead and its file is removed."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError:
        return "not ours to open"
    try:
        name = os.read(descriptor, 64)
        if not name and not is_orphan(home, path, patience):
            return os.fstat(descriptor).st_ino
        if not _locked(descriptor):
            return name or os.fstat(descriptor).st_ino
        # Whoever held it is dead. While we hold the file's lock, nobody else can come to the same conclusion.
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            path.unlink()
    except FileNotFoundError:
        return None
    except OSError:
        return "not ours to remove"
    finally:
        os.close(descriptor)
    return None


def _release(hold: _Hold) -> None:
    with suppress(OSError):
        if os.path.samestat(os.fstat(hold.descriptor), hold.path.stat()):
            hold.path.unlink()
    with suppress(OSError):
        os.close(hold.descriptor)


class _Renewal:
    """Touches the lock files that this process holds, so that the reference takes none of them for an orphan's.

    Its thread ends when there was nothing to hold for a while.
    """

    def __init__(self) -> None:
        self._holds: set[_Hold] = set()
        self._guard = threading.Lock()
        self._running = False

    def add(self, hold: _Hold) -> None:
        """Keep `hold` young from now on."""
        with self._guard:
            self._holds.add(hold)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="lock renewal", daemon=True).start()

    def discard(self, hold: _Hold) -> None:
        """No longer keep `hold` young."""
        with self._guard:
            self._holds.discard(hold)

    def forget(self) -> None:
        """In a forked child: the locks are the parent's, and so is the thread."""
        for hold in self._holds:
            with suppress(OSError):
                os.close(hold.descriptor)
        self.__init__()

    def _run(self) -> None:
        while True:
            time.sleep(_RENEWAL_S)
            with self._guard:
                if not self._holds:
                    self._running = False
                    return
                for hold in self._holds:
                    with suppress(OSError):
                        os.utime(hold.descriptor)


_RENEWAL = _Renewal()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_RENEWAL.forget)
