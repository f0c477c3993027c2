"""What `burn state` does that the reference does not: read all logs again, export the archive, tell whether anything changed.

In: a `Shell` and settled options. Out: an exit code; reports on stdout, as text or JSON.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from relayburn.cli.formats import counted, json_text
from relayburn.cli.progress import progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.ingest.reingest import ReingestReport
from relayburn.jsnum import locale_text
from relayburn.ledger.carry_over import KeptSession
from relayburn.records import to_wire

_SESSIONS_NAMED = 20


def read_again(shell: Shell, *, as_json: bool) -> int:
    """Read all session logs again by the rules in force, and put what they say in the place of what the ledger said.

    Ctrl-C leaves the ledger as it was: `KeyboardInterrupt`.
    """
    from relayburn.cli.interrupt import Interrupt
    from relayburn.ingest.reading_as_needed import ReadAsNeeded
    from relayburn.ingest.reingest import reingest

    progress = progress_of(shell)
    with progress.task("reading all session logs again") as done, Interrupt() as interrupted:
        report = reingest(
            shell.home,
            log=shell.tell,
            on_progress=progress.update,
            stop=interrupted,
            readers=lambda: progress.watched(ReadAsNeeded(os.cpu_count() or 1)),
            semantics=shell.semantics,
        )
        done("stopped" if report.stopped else f"read {counted(report.read_turns, 'turn')} again")
    if as_json:
        shell.say(json_text(to_wire(report)))
    else:
        write_report(shell, list(_reread_parts(report)))
    return 0


def _reread_parts(report: ReingestReport) -> Iterator[Part]:
    sessions = f"{locale_text(report.ingested_sessions)} of {counted(report.scanned_sessions, 'session')}"
    yield f"read {counted(report.read_turns, 'turn')} of {sessions} again by {report.semantics} rules"
    if report.kept_turns:
        kept = counted(len(report.kept_sessions), "session")
        yield f"kept {counted(report.kept_turns, 'turn')} of {kept} as they were, of which no log tells any more:"
        yield Table(_rows(report.kept_sessions[:_SESSIONS_NAMED]), indent="  ")
        if len(report.kept_sessions) > _SESSIONS_NAMED:
            yield f"  and {counted(len(report.kept_sessions) - _SESSIONS_NAMED, 'session')} more (all with --json)"
    if report.failures:
        yield f"{counted(len(report.failures), 'file')} could not be read"


def _rows(sessions: Sequence[KeptSession]) -> list[Sequence[str]]:
    head = ("harness", "session", "turns")
    return [head, *((each.source, each.session_id, locale_text(each.turns)) for each in sessions)]


def export_archive(shell: Shell, *, path: Path, as_json: bool) -> int:
    """Write the archive to the new SQLite file `path`, in the form of the reference's."""
    from relayburn.ledger.archive import build_archive, export_sqlite

    where = Path(shell.cwd) / path
    progress = progress_of(shell)
    with progress.task("building archive tail") as done:
        built = build_archive(shell.home, semantics=shell.semantics)
        done(f"built archive: {counted(built.turns_applied, 'turn')} applied")
    with progress.task("writing SQLite file") as done:
        report = export_sqlite(shell.home, where, semantics=shell.semantics)
        done(f"wrote {counted(report.turns, 'turn')}")
    if as_json:
        shell.say(json_text(to_wire(report)))
        return 0
    left = (
        f" ({counted(report.left_out, 'record')} left out: that form has no place for them)" if report.left_out else ""
    )
    shell.say(f"wrote {counted(report.turns, 'turn')} to {report.path}{left}")
    return 0


def show_fingerprint(shell: Shell, *, session: str | None, project: str | None, as_json: bool) -> int:
    """A text that is another one as soon as turns of a session, of a project or of all came or changed."""
    from relayburn.sdk.fingerprints import fingerprint

    found = fingerprint(
        shell.home,
        session=session,
        project=project,
        on_log=shell.remark,
        semantics=shell.semantics,
    )
    shell.say(json_text({"fingerprint": found}) if as_json else found)
    return 0
