"""A pass over all session files: find them, read what is new, append it, remember how far each was read (ingest.md 2).

In: a home, and who listens. Out: an `IngestReport`. A file that fails is named and the others go on; what was appended
stays, and the next pass tries the file again. Asked to stop, a pass ends after the file at hand and keeps what it has.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from relayburn.errors import (
    HomeUnreadable,
    HomeUnwritable,
    LockUnavailable,
    RelayburnError,
    StoreUnusable,
    UnsupportedStorage,
)
from relayburn.ingest.appended_sources import sources_of
from relayburn.ingest.gaps import gap_watch
from relayburn.ingest.harnesses import CLAUDE, CODEX, HARNESSES, OPENCODE, Harness, SessionFile
from relayburn.ingest.harvest import Failed, Load, Outcome, Settled, Step, outcome_of, wires
from relayburn.ingest.links import SessionLinks
from relayburn.ingest.pending_stamps import resolve_pending_stamps, sweep_pending_stamps
from relayburn.ingest.readers import Readers, ReadHere
from relayburn.ingest.report import DamagedFile, FileFailure, IngestReport, UnreadSource
from relayburn.ingest.roots import unread_sources
from relayburn.ledger.append import append_batches, append_relationships
from relayburn.ledger.config import load_config
from relayburn.ledger.content import append_prepared_content
from relayburn.ledger.cursors import load_cursors, save_changed_cursors
from relayburn.ledger.home import Home
from relayburn.semantics import CURRENT, Semantics

Hear = Callable[[str], None]
"""Takes one message, without a line end."""


def unheard(message: str) -> None:
    """Nobody listens."""


def never() -> bool:
    """Nobody asks to stop."""
    return False


def ingest_all(
    home: Home,
    *,
    harnesses: Sequence[Harness] = HARNESSES,
    log: Hear,
    on_progress: Hear = unheard,
    on_warn: Hear | None = None,
    stop: Callable[[], bool] = never,
    readers: Readers | None = None,
    semantics: Semantics = CURRENT,
) -> IngestReport:
    """Ingest what is new in the sessions of `harnesses`.

    `log` takes lines for stderr; `on_progress` what is being done; `on_warn` a warning's body, which else goes to `log`.
    `stop` is asked after each file. `readers` say which processes read, by default this one. Raises `LockUnavailable`,
    `HomeUnreadable`, `HomeUnwritable` or `UnsupportedStorage` where the home fails; its cursors then stay as they were.
    """
    on_progress("cleaning pending spawn stamps")
    sweep_pending_stamps(home)
    on_progress("loading ingest cursors")
    before = stored_cursors(home)
    on_progress("loading content settings")
    sweep = Sweep(home, before, load_config(home, log).store, log, semantics)
    with readers or ReadHere() as reading:
        sweep.scan(harnesses, reading, on_progress, stop)
    if sweep.content_mode == "full":
        for harness in harnesses:
            if (body := gap_watch(harness.name).warning()) is not None:
                on_warn(body) if on_warn is not None else log(f"⚠ {body}")
    sweep.report.unread_sources += unread_sources(home, semantics)
    on_progress("saving ingest cursors")
    save_changed_cursors(home, before, sweep.cursors, semantics=semantics)
    return sweep.report


ingest_claude_projects = partial(ingest_all, harnesses=(CLAUDE,))
"""`ingest_all` for Claude Code alone."""
ingest_codex_sessions = partial(ingest_all, harnesses=(CODEX,))
"""`ingest_all` for Codex alone."""
ingest_opencode_sessions = partial(ingest_all, harnesses=(OPENCODE,))
"""`ingest_all` for OpenCode alone."""


def stored_cursors(home: Home) -> dict[str, Any]:
    """The cursors of `home` by source. A list in their place, which the ledger passes on, says nothing of any file."""
    stored = load_cursors(home)
    return stored if isinstance(stored, dict) else {}


@dataclass(slots=True)
class _Waiting:
    """A file that is being read, what its sources said before it was looked at, and whether it has asked for a stamp."""

    file: SessionFile
    looked: int
    has_asked: bool = False


class Sweep:
    """One pass at work: what it knows of the files, and what it has done so far."""

    def __init__(
        self, home: Home, cursors: Mapping[str, Any], content_mode: str, log: Hear, semantics: Semantics
    ) -> None:
        self.content_mode = content_mode
        self.cursors = dict(cursors)
        self.report = IngestReport()
        self._home = home
        self._log = log
        self._semantics = semantics
        self._sources = sources_of(home, semantics)
        self._waiting: dict[str, _Waiting] = {}

    def scan(self, harnesses: Sequence[Harness], readers: Readers, on_progress: Hear, stop: Callable[[], bool]) -> None:
        """Ingest what is new in the files of `harnesses`, until `stop` says so.

        While the last files of one harness are read, the first ones of the next may be read already.
        """
        whose: deque[Harness] = deque()
        outcomes = readers.outcomes(self._steps(harnesses, whose, on_progress))
        for harness, of_harness in groupby(outcomes, lambda _: whose.popleft()):
            links = SessionLinks()
            for outcome in of_harness:
                self._take(harness, outcome, links)
                self._waiting.pop(outcome.path, None)
                if stop():
                    # What was read ahead is left for the next pass, which knows nothing of it.
                    self.report.stopped = True
                    break
            if rows := links.relationships():
                append_relationships(self._home, wires(rows), semantics=self._semantics)
            if self.report.stopped:
                break

    def _steps(self, harnesses: Sequence[Harness], whose: deque[Harness], on_progress: Hear) -> Iterator[Step]:
        """What is to be done about each file; `whose` is told the harness of each."""
        for harness in harnesses:
            on_progress(harness.announcement)
            for file in harness.files(self._home, self._semantics, self._refused):
                self.report.scanned_sessions += file.is_session
                whose.append(harness)
                yield self._step(file, self.cursors.get(file.path))

    def _refused(self, folder: str, error: OSError) -> None:
        """A folder that may hold sessions cannot be listed; the reference says nothing."""
        if self._semantics.all_roots:
            self.report.unread_sources.append(UnreadSource(folder, f"a folder ({error.strerror})"))

    def _step(self, file: SessionFile, cursor: Any) -> Step:
        plan = partial(file.plan, cursor, self.content_mode, self._semantics)
        try:
            # Of most files that were read before there is no news.
            if cursor is not None and isinstance(step := plan(), Settled):
                return step
            waiting = self._waiting.setdefault(file.path, _Waiting(file, 0))
            # Of the others the plan is made after this: what was seen before cannot be told from what others appended.
            waiting.looked = self._sources.look(file.path)
            return plan()
        except RelayburnError as error:
            if self._is_the_homes(error):
                raise
            return Failed(file.path, str(error))

    def _take(self, harness: Harness, outcome: Outcome, links: SessionLinks) -> None:
        try:
            while isinstance(outcome, Load) and not self._append(harness, outcome):
                outcome = self._read_again(outcome.path)
        except RelayburnError as error:
            if self._is_the_homes(error):
                raise
            self._fail(outcome.path, str(error))
            return
        if isinstance(outcome, Failed):
            self._fail(outcome.path, outcome.reason)
            return
        if isinstance(outcome, Load) and outcome.evidence is not None:
            links.add(outcome.evidence)
        if outcome.cursor is not None:
            self.cursors[outcome.path] = outcome.cursor

    def _append(self, harness: Harness, load: Load) -> bool:
        """Whether the records of `load` were appended; not where others have appended news of its file meanwhile."""
        waiting = self._waiting[load.path]
        if load.candidate is not None and not waiting.has_asked:
            waiting.has_asked = True
            resolved = resolve_pending_stamps(self._home, load.candidate, semantics=self._semantics)
            self.report.applied_pending_stamps += resolved.applied
        if not self._sources.append(
            load.path, waiting.looked, lambda: append_load(self._home, load, self._log, self._semantics)
        ):
            return False
        self.report.count_turns(len(load.turns.texts), is_session=load.is_session)
        if load.bad_lines:
            self.report.damaged.append(DamagedFile(load.path, load.bad_lines))
        if self.content_mode == "full":
            gap_watch(harness.name).record(load.session_id, load.calls, load.results)
        return True

    def _read_again(self, path: str) -> Outcome:
        """What is new in a file since whoever else reads it stored a cursor."""
        cursor = stored_cursors(self._home).get(path, self.cursors.get(path))
        step = self._step(self._waiting[path].file, cursor)
        return step if isinstance(step, Settled | Failed) else outcome_of(step)

    def _is_the_homes(self, error: RelayburnError) -> bool:
        """Whether the home failed and not a file; the reference takes the one for the other."""
        return self._semantics.exactly_once and isinstance(error, _NOT_THE_FILES_FAULT)

    def _fail(self, path: str, reason: str) -> None:
        self._log(f"[burn] skipping {path}: {reason}")
        self.report.failures.append(FileFailure(path, reason))


def append_load(home: Home, load: Load, log: Hear, semantics: Semantics) -> list[int]:
    """Append the records of one file: turns, contents, and the rest; how many lines of the ledger's batches were written.

    Raises what appending raises.
    """
    written = append_batches(home, [load.turns], semantics=semantics)
    if load.content:
        append_prepared_content(home, load.content, log, semantics=semantics)
    return written + append_batches(home, load.rest, semantics=semantics)


_NOT_THE_FILES_FAULT = (HomeUnreadable, HomeUnwritable, StoreUnusable, LockUnavailable, UnsupportedStorage)
