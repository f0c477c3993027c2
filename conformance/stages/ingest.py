"""Stages of ingest: scenarios in which session files are found, read and appended (ingest.md, ledger.md Appendix A).

In: recorded steps. Out: what the verbs of relayburn.ingest give, in the recorded form; random parts of pending stamps
are named as the recordings name them.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from conformance.stages.registry import stage
from conformance.stages.scenario import Scene, milliseconds, on_new_process, play, step
from relayburn import jsjson
from relayburn.ingest import pending_stamps
from relayburn.ingest.candidate import Candidate
from relayburn.ingest.codex_id import derive_codex_id
from relayburn.ingest.gaps import forget_gaps
from relayburn.ingest.harnesses import CLAUDE, CODEX, HARNESSES, OPENCODE
from relayburn.ingest.hook import ingest_claude_hook
from relayburn.ingest.missing_content import reingest_missing_content
from relayburn.ingest.pending_records import PendingStamp
from relayburn.ingest.single_session import ingest_claude_session
from relayburn.ingest.sweep import ingest_all

stage("relayburn.ingest")(play)
stage("relayburn.ingest.hook")(play)
stage("relayburn.sdk.ingest")(play)
on_new_process(forget_gaps)

_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def _sweep(scene: Scene, harnesses: Any) -> dict[str, Any]:
    progress: list[str] = []
    warnings: list[str] = []
    report = ingest_all(
        scene.home,
        harnesses=harnesses,
        log=scene.warn,
        on_progress=progress.append,
        on_warn=warnings.append,
        semantics=scene.semantics,
    )
    told = report.counters()
    unread = [source.path for source in report.unread_sources]
    return {
        "report": told | {"unreadSources": unread} if unread else told,
        "progress": progress,
        "warnings": warnings,
    }


@step("ingest_all")
def everything(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return _sweep(scene, HARNESSES)


@step("sdk_ingest")
def sdk_ingest(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return ingest_all(scene.home, log=scene.warn, semantics=scene.semantics).counters()


@step("ingest_claude")
def claude(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return _sweep(scene, (CLAUDE,))


@step("ingest_codex")
def codex(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return _sweep(scene, (CODEX,))


@step("ingest_opencode")
def opencode(scene: Scene, _recorded: dict[str, Any]) -> Any:
    return _sweep(scene, (OPENCODE,))


@step("ingest_claude_session")
def claude_session(scene: Scene, recorded: dict[str, Any]) -> Any:
    report = ingest_claude_session(
        scene.home, recorded["cwd"], recorded["session_id"], log=scene.warn, semantics=scene.semantics
    )
    return report.counters()


@step("reingest_missing_content")
def missing_content(scene: Scene, _recorded: dict[str, Any]) -> Any:
    report = reingest_missing_content(scene.home, log=scene.warn, semantics=scene.semantics)
    return {
        "scannedFiles": report.scanned_files,
        "skippedExisting": report.skipped_existing,
        "reingestedSessions": report.reingested_sessions,
        "appendedContent": report.appended_content,
        "appendedUserTurns": report.appended_user_turns,
        "failed": report.failed,
    }


@step("hook_claude")
def hook(scene: Scene, recorded: dict[str, Any]) -> Any:
    text = recorded["raw"] if "raw" in recorded else jsjson.compact(recorded["payload"]).replace("$CASE", scene.case)
    code = ingest_claude_hook(
        scene.home, text, log=scene.warn, quiet=recorded.get("quiet", False), semantics=scene.semantics
    )
    return {"exit_code": code}


@step("derive_codex_id")
def codex_id(scene: Scene, recorded: dict[str, Any]) -> str | None:
    return derive_codex_id(str(scene.path(recorded["path"])))


@step("write_pending_stamp")
def write_pending_stamp(scene: Scene, recorded: dict[str, Any]) -> Any:
    said = recorded["opts"]
    file, stamp = pending_stamps.write_pending_stamp(
        scene.home,
        harness=said["harness"],
        cwd=said["cwd"],
        enrichment=said["enrichment"],
        session_dir_hint=said.get("sessionDirHint"),
        spawn_start_ts=said.get("spawnStartTs"),
        spawner_pid=said.get("spawnerPid"),
    )
    relative = file.relative_to(scene.path("."))
    return {"file": _named(str(relative)), "stamp": _body(stamp)}


@step("cleanup_pending")
def cleanup_pending(scene: Scene, recorded: dict[str, Any]) -> Any:
    ttl_ms = recorded.get("ttl_ms", pending_stamps.TTL_MS)
    swept = pending_stamps.sweep_pending_stamps(scene.home, now_ms=milliseconds(recorded["now"]), ttl_ms=ttl_ms)
    return {"scanned": swept.scanned, "deleted": swept.deleted}


@step("resolve_pending")
def resolve_pending(scene: Scene, recorded: dict[str, Any]) -> Any:
    said = recorded["candidate"]
    candidate = Candidate(
        harness=said["harness"],
        session_id=said["sessionId"],
        session_path=said.get("sessionPath"),
        mtime_ms=said.get("sessionMtimeMs"),
        cwd=said.get("cwd"),
    )
    resolved = pending_stamps.resolve_pending_stamps(scene.home, candidate, semantics=scene.semantics)
    return {"applied": resolved.applied, "enrichment": dict(resolved.enrichment)}


@step("dump_pending")
def dump_pending(scene: Scene, _recorded: dict[str, Any]) -> Any:
    folder = scene.home.pending_stamps
    names = sorted(os.listdir(folder), key=os.fsencode) if folder.is_dir() else []  # noqa: PTH208 - names alone
    return [{"name": _named(name), "body": _parsed(folder / name)} for name in names]


def _named(text: str) -> str:
    return _UUID.sub("<uuid>", text).replace(f"-{os.getpid()}-", "-<pid>-")


def _body(stamp: PendingStamp) -> dict[str, Any]:
    return _without_own_pid(stamp.to_wire())


def _parsed(path: Path) -> Any:
    try:
        body = jsjson.loads(path.read_bytes())
    except ValueError:
        return "<malformed>"
    return _without_own_pid(body) if isinstance(body, dict) else body


def _without_own_pid(body: dict[str, Any]) -> dict[str, Any]:
    return body | {"spawnerPid": "<pid>"} if body.get("spawnerPid") == os.getpid() else body
