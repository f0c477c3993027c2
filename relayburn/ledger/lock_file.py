"""The reference's lock files: made exclusively, unlinked when they are older than five seconds (ledger.md 4).

In: the path of a lock file. Out: it is ours, or an error that says why not. Nothing is written into it, and nothing keeps it
young.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from relayburn.errors import HomeUnwritable, LockUnavailable
from relayburn.ledger.home import Home
from relayburn.ledger.private_files import make_folder

_FILE_MODE = 0o600
_MS_PER_S = 1000
_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a lock is tried for, how long is slept after each try, and from what age on a lock is an orphan's."""

    fast_retries: int = 50
    fast_retry_delay_ms: float = 20
    slow_retries: int = 40
    slow_retry_delay_ms: float = 250
    stale_ms: float = 5000

    @property
    def attempts(self) -> int:
        """How many tries there are."""
        return self.fast_retries + self.slow_retries

    @property
    def total_ms(self) -> float:
        """How long all sleeps take together, in milliseconds."""
        return self.fast_retries * self.fast_retry_delay_ms + self.slow_retries * self.slow_retry_delay_ms

    def delay_s(self, attempt: int) -> float:
        """Seconds to sleep after `attempt`, counted from 0."""
        fast = attempt < self.fast_retries
        return (self.fast_retry_delay_ms if fast else self.slow_retry_delay_ms) / _MS_PER_S


PATIENCE = Patience()


def acquire(home: Home, path: Path, patience: Patience = PATIENCE) -> None:
    """Create the lock file `path`, waiting and removing orphans. Raises `LockUnavailable`, `HomeUnwritable`."""
    reason = "held by live process"
    for attempt in range(patience.attempts):
        if create_lock_file(path):
            return
        verdict = _judge(home, path, patience)
        if verdict is None:
            continue
        reason = verdict
        time.sleep(patience.delay_s(attempt))
    raise unavailable(path, patience, reason)


def release(path: Path) -> None:
    """Remove the lock file."""
    with suppress(OSError):
        path.unlink()


def create_lock_file(path: Path) -> bool:
    """Create the empty lock file `path`; false where something is there already. Raises `HomeUnwritable`."""
    make_folder(path.parent)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE))
    except FileExistsError:
        return False
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause
    return True


def is_orphan(home: Home, path: Path, patience: Patience) -> bool:
    """Whether the lock file is older than a living holder would leave it. Raises `OSError` where it cannot be seen."""
    age_ms = home.clock() - path.stat().st_mtime_ns / _NS_PER_MS
    return age_ms > patience.stale_ms


def unavailable(path: Path, patience: Patience, why: str) -> LockUnavailable:
    """The error of giving up."""
    waited = f"after {patience.attempts} attempts (~{patience.total_ms:g}ms)"
    return LockUnavailable(str(path), f"could not acquire lock {waited} - {why}: {path}")


def _judge(home: Home, path: Path, patience: Patience) -> str | None:
    """Why the lock cannot be had yet; None where an orphan's file is gone, so that it is worth trying again at once."""
    try:
        orphan = is_orphan(home, path, patience)
    except OSError:
        return "held by live process"
    if not orphan:
        return "held by live process"
    try:
        path.unlink()
    except FileNotFoundError:
        return None
    except OSError:
        return "lock appears stale but unlink kept failing"
    return None
