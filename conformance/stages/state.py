"""The scenario step that calls `burn state` (ledger.md 11 and Appendix A).

In: its words and flags. Out: `{exit_code, stdout}`, stdout as the JSON that `--json` prints.
"""

from __future__ import annotations

from typing import Any

from conformance.stages.archive import archive_status_wire
from conformance.stages.scenario import Scene, step
from conformance.stages.scenario_steps import ARCHIVE_FILE
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.reset import reset, reset_targets, reset_wire
from relayburn.ledger.status import home_status

_NO_REINGEST = "burn state reset: --reingest requires --force; nothing was deleted."
_ARCHIVE_FOLDER = "/archive"
_BYTES = "<bytes>"


@step("state_cli")
def state_cli(scene: Scene, recorded: dict[str, Any]) -> dict[str, Any]:
    words, flags = recorded.get("positional") or ["status"], recorded.get("flags") or {}
    stdout = _WORDS[words[0]](scene, flags)
    if recorded.get("mask_archive_bytes"):
        _mask_archive(stdout)
    return {"exit_code": 0, "stdout": stdout}


def _status(scene: Scene, _flags: dict[str, Any]) -> dict[str, Any]:
    return home_status(scene.home).to_wire(archive_status_wire(scene))


def _reset(scene: Scene, flags: dict[str, Any]) -> dict[str, Any]:
    home, forced, reingest = scene.home, flags.get("force") is True, flags.get("reingest") is True
    reingested = None
    if not forced:
        targets = reset_targets(home)
        if reingest:
            scene.warn(_NO_REINGEST)
    else:
        targets = reset(home, semantics=scene.semantics)
        if reingest:
            report = ingest_all(home, log=scene.warn, semantics=scene.semantics)
            reingested = {
                "scannedSessions": report.scanned_sessions,
                "ingestedSessions": report.ingested_sessions,
                "appendedTurns": report.appended_turns,
            }
    return reset_wire(home, targets, forced=forced, reingest_requested=reingest, reingested=reingested)


def _mask_archive(stdout: dict[str, Any]) -> None:
    """Our archive is a folder; here it is the one file that the reference has, whose size is not compared."""
    targets = stdout.get("targets", [])
    folders = [target for target in targets if target["path"].endswith(_ARCHIVE_FOLDER)]
    for target in targets:
        if target["path"].endswith(f"/{ARCHIVE_FILE}"):
            if folders:
                stdout["totals"]["filesRemoved"] += 1 - sum(folder["filesRemoved"] for folder in folders)
                stdout["totals"]["bytesFreed"] -= sum(folder["bytes"] for folder in folders)
                target.update(existed=True, filesRemoved=1)
            target["bytes"] = _BYTES
    stdout["targets"] = [target for target in targets if target not in folders]


_WORDS = {"status": _status, "reset": _reset}
