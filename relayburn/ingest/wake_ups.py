"""What tells a watch that a pass is due: the clock, or the file system (ingest.md 9 and 10).

In: how often, and which folders. Out: `WakeUps`. A change is waited out until things are quiet, and no pass follows
another faster than the interval; without any change there is one from time to time all the same.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from relayburn.ingest.sources import watched_folders
from relayburn.ledger.home import Home
from relayburn.semantics import Semantics

DEFAULT_INTERVAL_S = 1.0
BACKSTOP_S = 30.0
"""How long no change is believed to mean that there was none, in seconds."""

_QUIET_MS = 200
_GROUPED_MS = 1000
_LOOK_UP_S = 1.0


class Polling:
    """A pass each `interval_s` seconds."""

    def __init__(self, interval_s: float = DEFAULT_INTERVAL_S) -> None:
        self._interval_s = interval_s

    def wait(self, stopping: threading.Event) -> None:
        """Return after the interval."""
        stopping.wait(self._interval_s)


class FileEvents:
    """A pass when something changes in one of `folders`, which is asked for them anew after each.

    Folders that are missing are passed over. Where the system cannot watch (no more watches, no such feature),
    `on_failure` is told why, and a pass is made each `interval_s` instead.
    """

    def __init__(
        self,
        folders: Callable[[], Sequence[str]],
        *,
        on_failure: Callable[[str], None],
        interval_s: float = DEFAULT_INTERVAL_S,
        backstop_s: float = BACKSTOP_S,
    ) -> None:
        self._folders = folders
        self._on_failure = on_failure
        self._interval_s = interval_s
        self._backstop_s = backstop_s
        self._watched: list[str] = []
        self._changes: Iterator[object] = iter(())
        self._failed = False
        self._last_return = float("-inf")

    def wait(self, stopping: threading.Event) -> None:
        """Return when something has changed and is quiet again, or after the backstop."""
        stopping.wait(max(0.0, self._last_return + self._interval_s - time.monotonic()))
        if not stopping.is_set():
            self._wait_for_change(stopping)
        self._last_return = time.monotonic()

    def _wait_for_change(self, stopping: threading.Event) -> None:
        present = [folder for folder in self._folders() if Path(folder).is_dir()]
        if self._failed or not present:
            stopping.wait(self._interval_s if self._failed else self._backstop_s)
            return
        try:
            self._wait_in(present, stopping)
        except (OSError, RuntimeError) as error:
            self._failed = True
            self._on_failure(str(error))

    def _wait_in(self, folders: list[str], stopping: threading.Event) -> None:
        is_new = folders != self._watched
        if is_new:
            self._changes, self._watched = self._watch(folders, stopping), folders
        deadline = time.monotonic() + self._backstop_s
        while not stopping.is_set():
            changes = next(self._changes, None)
            # What changed before the watch began is known to nobody, so its beginning is a reason for a pass as well.
            if changes or is_new or time.monotonic() >= deadline:
                return

    def _watch(self, folders: list[str], stopping: threading.Event) -> Iterator[object]:
        import watchfiles

        return watchfiles.watch(
            *folders,
            watch_filter=None,
            debounce=_GROUPED_MS,
            step=_QUIET_MS,
            stop_event=stopping,
            rust_timeout=round(min(_LOOK_UP_S, self._backstop_s) * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        )


def session_file_events(
    home: Home, semantics: Semantics, *, log: Callable[[str], None], interval_s: float = DEFAULT_INTERVAL_S
) -> FileEvents:
    """A pass when a session file of any harness changes; `log` is told where the system cannot tell."""
    return FileEvents(
        lambda: watched_folders(home, semantics),
        on_failure=lambda why: log(f"[burn] ingest: file events unavailable ({why}); polling continues"),
        interval_s=interval_s,
    )
