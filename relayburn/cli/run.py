"""What `burn run` does once its words are understood: a harness at work, its session tagged and ingested (cli.md 14).

In: a `Shell`, the harness, tags, and the harness's own words. Out: the harness's exit code. Its standard streams are
the shell's.
"""

from __future__ import annotations

import errno
import signal
import subprocess
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from relayburn.cli.ingest import counted
from relayburn.cli.progress import Progress, progress_of
from relayburn.cli.shell import Shell
from relayburn.errors import RelayburnError
from relayburn.ingest.harnesses import CODEX, OPENCODE, Harness
from relayburn.ingest.pending_stamps import write_pending_stamp
from relayburn.ingest.report import IngestReport
from relayburn.ingest.roots import codex_roots, opencode_roots
from relayburn.ingest.single_session import ingest_claude_session
from relayburn.ingest.sweep import ingest_all
from relayburn.ingest.wake_ups import Polling
from relayburn.ingest.watch import WatchLoop
from relayburn.ledger.stamps import write_stamp
from relayburn.reader.opencode.timestamps import iso

ENVIRONMENT_TAGS = {
    "RELAYBURN_WORKFLOW_ID": "workflowId",
    "RELAYBURN_STEP_ID": "stepId",
    "RELAYBURN_AGENT_ID": "agentId",
    "RELAYBURN_PARENT_AGENT_ID": "parentAgentId",
    "RELAYBURN_PERSONA": "persona",
    "RELAYBURN_TIER": "tier",
}
"""Variables that tag a session, in both directions: ours come from them, the harness's are set from its tags."""

_NOT_STARTED = 127
_ROOTS = {"codex": codex_roots, "opencode": opencode_roots}

Tags = dict[str, str]


@dataclass(slots=True)
class _Total:
    """Sessions and turns of all passes of one run."""

    report: IngestReport

    def add(self, report: IngestReport) -> None:
        self.report.ingested_sessions += report.ingested_sessions
        self.report.appended_turns += report.appended_turns


def run_claude(shell: Shell, tags: Mapping[str, str], words: Sequence[str]) -> int:
    """Claude Code, told which session id to take, so that the session is tagged before it begins."""
    name, session_id, progress = "claude", str(uuid.uuid4()), progress_of(shell)
    all_tags = _prepared(shell, progress, name, tags)
    with progress.task(f"tagging {name} session") as done:
        write_stamp(shell.home, {"sessionId": session_id}, all_tags, semantics=shell.semantics)
        shell.tell(f"[burn] session-id={session_id}")
        done(f"tagged {name} session")
    progress.note(f"{name}: starting {name}")
    environ = _environment(shell, all_tags) | {"RELAYBURN_SESSION_ID": session_id}
    code = _run(shell, [name, "--session-id", session_id, *words], environ, _nothing)
    total = _Total(IngestReport())
    last = partial(ingest_claude_session, shell.home, shell.cwd, session_id, log=shell.tell, semantics=shell.semantics)
    return _finalized(shell, progress, name, total, last, code)


def run_codex(shell: Shell, tags: Mapping[str, str], words: Sequence[str]) -> int:
    """Codex, whose session is recognised by where and when it began."""
    return _run_watched(shell, CODEX, "codex", tags, words)


def run_opencode(shell: Shell, tags: Mapping[str, str], words: Sequence[str]) -> int:
    """OpenCode, whose session is recognised by where and when it began."""
    return _run_watched(shell, OPENCODE, "opencode", tags, words)


HARNESSES = {"claude": run_claude, "codex": run_codex, "opencode": run_opencode}
"""What can be run, by its name."""


def _run_watched(shell: Shell, harness: Harness, name: str, tags: Mapping[str, str], words: Sequence[str]) -> int:
    home, progress = shell.home, progress_of(shell)
    all_tags = _prepared(shell, progress, name, tags)
    with progress.task(f"tagging {name} session") as done:
        hint = _ROOTS[name](home, shell.semantics)[0]
        file, _ = write_pending_stamp(home, harness=name, cwd=shell.cwd, enrichment=all_tags, session_dir_hint=hint)
        shell.tell(f"[burn] {name} spawn: pending stamp {file.name}")
        done(f"tagged {name} session")
    total = _Total(IngestReport())
    ingest = partial(ingest_all, home, log=shell.tell, semantics=shell.semantics)
    loop = WatchLoop(
        ingest,
        Polling(),
        on_report=total.add,
        on_error=lambda error: shell.tell(f"[burn] {name} ingest: {error}"),
        immediate=False,
    )
    with loop:
        progress.note(f"{name}: ingest watcher ready")
        progress.note(f"{name}: starting {name}")
        code = _run(shell, [name, *words], _environment(shell, all_tags), loop.tick)
    return _finalized(shell, progress, name, total, partial(ingest, harnesses=(harness,)), code)


def _prepared(shell: Shell, progress: Progress, name: str, tags: Mapping[str, str]) -> Tags:
    """All tags of the session: the environment's, the caller's over them, and those that say where it comes from."""
    with progress.task(f"preparing {name} harness") as done:
        given = {tag: shell.environ[name] for name, tag in ENVIRONMENT_TAGS.items() if shell.environ.get(name)}
        spawned = {"harness": name, "burnSpawn": "1", "burnSpawnTs": iso(int(shell.clock()))}
        done(f"prepared {name}: {name}")
    return {**given, **tags, **spawned}


def _environment(shell: Shell, tags: Mapping[str, str]) -> dict[str, str]:
    return {**shell.environ, **{name: tags[tag] for name, tag in ENVIRONMENT_TAGS.items() if tags.get(tag)}}


def _run(shell: Shell, command: Sequence[str], environ: Mapping[str, str], on_start: Callable[[], None]) -> int:
    """The exit code of the harness, 0 where a signal ended it."""
    try:
        child = subprocess.Popen(
            command, env=environ, cwd=shell.cwd, stdin=shell.stdin, stdout=shell.stdout, stderr=shell.stderr
        )
    except OSError as error:
        reason = errno.errorcode.get(error.errno or 0, str(error))
        shell.tell(f"[burn] failed to spawn {command[0]}: spawn {command[0]} {reason}")
        return _NOT_STARTED
    # The terminal sends its interrupt to the harness as well, which decides what to make of it.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    ended = signal.signal(signal.SIGTERM, lambda number, _frame: _pass_on(child, number))
    try:
        on_start()
        return max(child.wait(), 0)
    finally:
        signal.signal(signal.SIGINT, interrupted)
        signal.signal(signal.SIGTERM, ended)


def _pass_on(child: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        child.send_signal(number)


def _finalized(
    shell: Shell, progress: Progress, name: str, total: _Total, ingest: Callable[[], IngestReport], code: int
) -> int:
    """The last pass, after the harness; its failure is the command's."""
    progress.note(f"finalizing {name} ingest")
    try:
        total.add(ingest())
    except RelayburnError:
        progress.note(f"final {name} ingest failed")
        raise
    progress.note(f"finalized {name} ingest")
    shell.tell(f"[burn] {name} ingest: {counted(total.report)}")
    return code


def _nothing() -> None:
    pass
