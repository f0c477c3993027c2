"""Ingesting one Claude Code session by its directory and id (ingest.md 4).

In: the working directory and the id of a session. Out: an `IngestReport`. The log is read whole, whatever its cursor
says; the cursor is set to the size it had before. Under `subagent_logs` what its subagents did is read as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path, PurePath

from relayburn.errors import LogUnreadable
from relayburn.ingest.appended_sources import sources_of
from relayburn.ingest.claude import harvest_of_claude
from relayburn.ingest.cursors import ClaudeCursor
from relayburn.ingest.discovery import Refused, claude_session_files, subagent_files_of
from relayburn.ingest.file_state import file_state
from relayburn.ingest.harnesses import CLAUDE, Harness, SessionFile
from relayburn.ingest.harvest import load_of
from relayburn.ingest.report import IngestReport
from relayburn.ingest.roots import claude_roots
from relayburn.ingest.subagent_logs import plan_subagent
from relayburn.ingest.sweep import Hear, append_load, ingest_all, stored_cursors
from relayburn.ledger.config import load_config
from relayburn.ledger.cursors import save_changed_cursors
from relayburn.ledger.home import Home
from relayburn.reader.claude import ClaudeOptions, parse_claude_session
from relayburn.semantics import CURRENT, Semantics


def ingest_claude_session(
    home: Home, cwd: str, session_id: str, *, log: Hear, semantics: Semantics = CURRENT
) -> IngestReport:
    """Ingest the whole of a session that ran in `cwd`. Raises what reading its log and appending raise."""
    file = session_file(home, cwd, session_id, semantics)
    sources = sources_of(home, semantics)
    report = IngestReport(scanned_sessions=1)
    while True:
        looked = sources.look(file)
        try:
            state = file_state(file)
        except LogUnreadable:
            log(f"[burn] no session file found at {file}")
            return IngestReport()
        if not state.is_file:
            return IngestReport()
        options = ClaudeOptions(session_path=file, content_mode=load_config(home, log).store)
        found = parse_claude_session(file, options, semantics=semantics)
        if not found.turns:
            return report
        cursor = ClaudeCursor(state.inode, state.size, state.mtime_ms)
        harvest = harvest_of_claude(file, found, cursor)
        if sources.append(file, looked, partial(append_load, home, load_of(harvest, semantics), log, semantics)):
            break
    before = stored_cursors(home)
    save_changed_cursors(home, before, before | {file: harvest.cursor}, semantics=semantics)
    report.count_turns(len(found.turns))
    if semantics.subagent_logs:
        subagents = ingest_all(home, harnesses=(_subagents_of(file),), log=log, semantics=semantics)
        report.count_turns(subagents.appended_turns, is_session=False)
    return report


def _subagents_of(session_log: str) -> Harness:
    """The logs of one session's subagents, as a harness of their own."""

    def files(_home: Home, _semantics: Semantics, refused: Refused) -> Iterator[SessionFile]:
        for path in subagent_files_of(session_log, refused):
            yield SessionFile(path, partial(plan_subagent, path), is_session=False)

    return replace(CLAUDE, files=files)


def session_file(home: Home, cwd: str, session_id: str, semantics: Semantics) -> str:
    """Where Claude Code keeps the log of a session that ran in `cwd`; the usual place, where there is none.

    It names a project's folder after its path, of which the reference knows that slashes become dashes. Other characters do
    too, so under `all_roots` the log is looked for in all folders.
    """
    project, roots = cwd.replace("/", "-"), claude_roots(home, semantics)
    usual = [f"{root}/{project}/{session_id}.jsonl" for root in roots]
    places = chain(usual, *(_logs_named(session_id, root) for root in roots if semantics.all_roots))
    return next((place for place in places if Path(place).exists()), usual[0])


def _logs_named(session_id: str, root: str) -> Iterator[str]:
    return (path for path in claude_session_files(root) if PurePath(path).stem == session_id)
