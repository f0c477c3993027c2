"""What `burn run` does once its words are understood: a harness at work, its session tagged and ingested (cli.md 14).

In: a `Shell`, the harness, tags, and the harness's own words. Out: the harness's exit code. Its standard streams are
the shell's.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from relayburn.cli.child import run_child
from relayburn.cli.ingest import sessions_and_turns
from relayburn.cli.pass_notes import Greeting
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
from relayburn.ingest.watch import Pass, WatchLoop
from relayburn.ingest.watch_pass import WatchPass
from relayburn.ledger.stamps import write_stamp
from relayburn.reader.opencode.timestamps import iso
from relayburn.semantics import TS_1_10

ENVIRONMENT_TAGS = {
    "RELAYBURN_WORKFLOW_ID": "workflowId",
    "RELAYBURN_STEP_ID": "stepId",
    "RELAYBURN_AGENT_ID": "agentId",
    "RELAYBURN_PARENT_AGENT_ID": "parentAgentId",
    "RELAYBURN_PERSONA": "persona",
    "RELAYBURN_TIER": "tier",
}
"""Variables that tag a session, in both directions: ours come from them, the harness's are set from its tags."""

_ROOTS = {"codex": (codex_roots, "CODEX_HOME"), "opencode": (opencode_roots, "XDG_DATA_HOME")}
"""Where a harness keeps its sessions, and the variable that moves them."""

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
    greeting = Greeting(shell)
    with progress.task(f"tagging {name} session") as done:
        write_stamp(shell.home, {"sessionId": session_id}, all_tags, semantics=shell.semantics)
        shell.tell(f"[burn] session-id={session_id}")
        done(f"tagged {name} session")
    greeting.tell_if_due()
    progress.note(f"{name}: starting {name}")
    environ = _environment(shell, all_tags) | {"RELAYBURN_SESSION_ID": session_id}
    code = run_child(shell, [name, "--session-id", session_id, *words], environ, _nothing)
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
    progress = progress_of(shell)
    all_tags = _prepared(shell, progress, name, tags)
    greeting = Greeting(shell)
    with progress.task(f"tagging {name} session") as done:
        file, _ = write_pending_stamp(
            shell.home,
            harness=name,
            cwd=shell.cwd,
            enrichment=all_tags,
            session_dir_hint=_session_folder(shell, name),
        )
        shell.tell(f"[burn] {name} spawn: pending stamp {file.name}")
        done(f"tagged {name} session")
    greeting.tell_if_due()
    total = _Total(IngestReport())
    with _passes(shell, harness) as passes:
        loop = WatchLoop(
            passes.meanwhile,
            Polling(),
            on_report=total.add,
            on_error=lambda error: shell.tell(f"[burn] {name} ingest: {error}"),
            immediate=False,
        )
        with loop:
            progress.note(f"{name}: ingest watcher ready")
            progress.note(f"{name}: starting {name}")
            code = run_child(shell, [name, *words], _environment(shell, all_tags), loop.tick)
        return _finalized(shell, progress, name, total, passes.last, code)


def _session_folder(shell: Shell, name: str) -> str | None:
    """Where the session will be found, unless a variable that the harness knows may say otherwise."""
    folders, variable = _ROOTS[name]
    return None if shell.semantics.all_roots and variable in shell.environ else folders(shell.home, shell.semantics)[0]


@dataclass(frozen=True, slots=True)
class _Passes:
    """Passes made while a harness runs, and the last one, after it."""

    meanwhile: Pass
    last: Pass


@contextmanager
def _passes(shell: Shell, harness: Harness) -> Generator[_Passes]:
    """Passes in this process, as the reference makes them; else in a child process, because harnesses run for hours."""
    if shell.semantics == TS_1_10:
        ingest = partial(ingest_all, shell.home, log=shell.tell, semantics=shell.semantics)
        yield _Passes(ingest, partial(ingest, harnesses=(harness,)))
        return
    with WatchPass(shell.home, log=shell.tell, semantics=shell.semantics) as apart:
        yield _Passes(apart, apart)


def _prepared(shell: Shell, progress: Progress, name: str, tags: Mapping[str, str]) -> Tags:
    """All tags of the session: the environment's, the caller's over them, and those that say where it comes from."""
    with progress.task(f"preparing {name} harness") as done:
        given = {tag: shell.environ[name] for name, tag in ENVIRONMENT_TAGS.items() if shell.environ.get(name)}
        spawned = {"harness": name, "burnSpawn": "1", "burnSpawnTs": iso(int(shell.clock()))}
        done(f"prepared {name}: {name}")
    return {**given, **tags, **spawned}


def _environment(shell: Shell, tags: Mapping[str, str]) -> dict[str, str]:
    return {**shell.environ, **{name: tags[tag] for name, tag in ENVIRONMENT_TAGS.items() if tags.get(tag)}}


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
    shell.tell(f"[burn] {name} ingest: {sessions_and_turns(total.report)}")
    return code


def _nothing() -> None:
    pass
