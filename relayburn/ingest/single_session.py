"""Ingesting one Claude Code session by its directory and id (ingest.md 4).

In: the working directory and the id of a session. Out: an `IngestReport`. The log is read whole, whatever its cursor
says; the cursor is set to the size it had before.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from relayburn.errors import LogUnreadable
from relayburn.ingest.appended_sources import sources_of
from relayburn.ingest.claude import harvest_of_claude
from relayburn.ingest.cursors import ClaudeCursor
from relayburn.ingest.file_state import file_state
from relayburn.ingest.harvest import load_of
from relayburn.ingest.report import IngestReport
from relayburn.ingest.roots import claude_roots
from relayburn.ingest.sweep import Hear, append_load, stored_cursors
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
    return report


def session_file(home: Home, cwd: str, session_id: str, semantics: Semantics) -> str:
    """Where Claude Code keeps the log of a session that ran in `cwd`; the usual place, where there is none."""
    project = cwd.replace("/", "-")
    places = [f"{root}/{project}/{session_id}.jsonl" for root in claude_roots(home, semantics)]
    return next((place for place in places if Path(place).exists()), places[0])
