"""Reading all logs again, under the semantics that are asked for.

In: a home. Out: its ledger as if all logs that are still there had been read by these rules alone, and what cannot be read
again as it was. The logs are read into a folder of their own within the home; only when that is complete does it take
the ledger's place. A kill at any moment loses nothing: until then the home is as it was, after that the next pass reads on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace

from msgspec import field

from relayburn.ingest.readers import Readers, ReadHere
from relayburn.ingest.report import FileFailure
from relayburn.ingest.sweep import Hear, ingest_all, never, stored_cursors, unheard
from relayburn.ledger.append import forget_index
from relayburn.ledger.carry_over import KeptSession, add_content, replace_ledger
from relayburn.ledger.cursors import save_cursors
from relayburn.ledger.home import Home
from relayburn.ledger.lock import lock
from relayburn.ledger.private_files import make_folder, read_file, write_file
from relayburn.ledger.store import require_files
from relayburn.records import Record
from relayburn.semantics import CURRENT, Semantics

FOLDER = "reingest"
"""The folder within the home that logs are read into; what a kill left of it is removed by the next one."""


class ReingestReport(Record, kw_only=True):
    """What became of the ledger: `read_turns` of `ingested_sessions` from `scanned_sessions` files.

    `kept_turns` are those that no log tells of any more, `kept_sessions` says whose. `failures` are files that could not be
    read. Where it was `stopped`, nothing was changed but for what an ordinary pass found new.
    """

    semantics: str
    scanned_sessions: int = 0
    ingested_sessions: int = 0
    read_turns: int = 0
    kept_turns: int = 0
    kept_sessions: Sequence[KeptSession] = ()
    failures: Sequence[FileFailure] = field(default=())
    stopped: bool = False


def reingest(
    home: Home,
    *,
    log: Hear,
    on_progress: Hear = unheard,
    stop: Callable[[], bool] = never,
    readers: Callable[[], Readers] = ReadHere,
    semantics: Semantics = CURRENT,
) -> ReingestReport:
    """Read all logs again.

    `log` takes lines for stderr, `stop` is asked after each file, `readers` make who reads in each of two passes. Raises
    `UnsupportedStorage`, `LockUnavailable`, `HomeUnreadable`, `HomeUnwritable`; the ledger then is as it was.
    """
    require_files(home)
    report = ReingestReport(semantics=semantics.name)
    # What is new is read as ever, so that stamps that wait for their session find it.
    known = ingest_all(
        home, log=unheard, on_progress=on_progress, on_warn=unheard, stop=stop, readers=readers(), semantics=semantics
    )
    if known.stopped:
        report.stopped = True
        return report
    make_folder(home.path)
    with lock(home, "reingest", semantics=semantics):
        read = replace(home, path=home.path / FOLDER)
        shutil.rmtree(read.path, ignore_errors=True)
        try:
            _read_all(read, home, report, log, on_progress, stop, readers, semantics)
            if not report.stopped:
                on_progress("replacing the ledger")
                _put_in_place(home, read, report, log, semantics)
        finally:
            forget_index()
            shutil.rmtree(read.path, ignore_errors=True)
    return report


def _read_all(
    read: Home,
    home: Home,
    report: ReingestReport,
    log: Hear,
    on_progress: Hear,
    stop: Callable[[], bool],
    readers: Callable[[], Readers],
    semantics: Semantics,
) -> None:
    make_folder(read.path)
    if (settings := read_file(home.config)) is not None:
        write_file(read.config, settings)
    found = ingest_all(
        read, log=log, on_progress=on_progress, on_warn=unheard, stop=stop, readers=readers(), semantics=semantics
    )
    report.scanned_sessions, report.ingested_sessions = found.scanned_sessions, found.ingested_sessions
    report.failures, report.stopped = found.failures, found.stopped


def _put_in_place(home: Home, read: Home, report: ReingestReport, log: Hear, semantics: Semantics) -> None:
    add_content(home, read, log, semantics=semantics)
    done = replace_ledger(home, read, semantics=semantics)
    report.read_turns, report.kept_turns, report.kept_sessions = done.read_turns, done.kept_turns, done.kept_sessions
    # Read on from where this pass stopped, even if others were further: what they appended meanwhile is found again.
    with lock(home, "cursors", semantics=semantics):
        save_cursors(home, stored_cursors(home) | stored_cursors(read), semantics=semantics)
