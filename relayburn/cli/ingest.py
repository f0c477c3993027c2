"""What `burn ingest` does once its words are understood (cli.md 12).

In: a `Shell` and settled options. Out: an exit code. Both readings of the command line, the strict and the lenient one,
end here.
"""

from __future__ import annotations

from relayburn.cli.first_steps import tell_first_steps
from relayburn.cli.formats import plural
from relayburn.cli.pass_notes import Greeting, tell_beside
from relayburn.cli.progress import progress_of
from relayburn.cli.shell import Shell
from relayburn.ingest.report import IngestReport


def ingest_once(shell: Shell) -> int:
    """One pass over all session files; its report is data. SIGINT and SIGTERM end it after the file at hand."""
    from relayburn.cli.loading import read_logs
    from relayburn.cli.stopping import StopSignals

    greeting, progress = Greeting(shell), progress_of(shell)
    with StopSignals() as stop, progress.task("ingesting session stores"):
        report = read_logs(shell, progress, stop=stop)
    greeting.tell_if_due()
    tell_beside(shell, report)
    tell_first_steps(shell, report)
    shell.say(report_line(report))
    if report.stopped:
        shell.tell("[burn] ingest: stopped before the end; what was read is kept, the next pass reads the rest")
        return stop.exit_code
    return 0


def ingest_hook(shell: Shell, *, quiet: bool) -> int:
    """What Claude Code tells a hook of its session, on stdin."""
    from relayburn.ingest.hook import ingest_claude_hook

    greeting = Greeting(shell)
    code = ingest_claude_hook(shell.home, shell.read_all(), log=shell.tell, quiet=quiet, semantics=shell.semantics)
    if not quiet:
        greeting.tell_if_due()
    return code


def report_line(report: IngestReport) -> str:
    """What a pass gave, in one line."""
    return f"[burn] ingest: ingested {sessions_and_turns(report)}"


def sessions_and_turns(report: IngestReport) -> str:
    """What of both came in, in a few words."""
    sessions, turns = report.ingested_sessions, report.appended_turns
    return f"{sessions} session{plural(sessions)} (+{turns} turn{plural(turns)})"
