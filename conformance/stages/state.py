"""The scenario step that calls `burn state` (ledger.md 11 and Appendix A).

In: its words and flags. Out: `{exit_code, stdout}`, stdout as the JSON that `--json` prints.
"""

from __future__ import annotations

from typing import Any

from conformance.stages.scenario import Scene, step
from relayburn.ledger.reset import reset, reset_targets, reset_wire
from relayburn.ledger.status import home_status

_NO_REINGEST = "burn state reset: --reingest requires --force; nothing was deleted."
_MTIME = "<mtime>"


@step("state_cli")
def state_cli(scene: Scene, recorded: dict[str, Any]) -> dict[str, Any]:
    words, flags = recorded.get("positional") or ["status"], recorded.get("flags") or {}
    stdout = _WORDS[words[0]](scene, flags)
    if recorded.get("mask_archive_bytes"):
        _mask_archive_bytes(stdout)
    return {"exit_code": 0, "stdout": stdout}


def _status(scene: Scene, _flags: dict[str, Any]) -> dict[str, Any]:
    from relayburn.ledger.archive import archive_status

    wire = home_status(scene.home).to_wire(archive_status(scene.home))
    for name in ("ledgerMtimeMs", "ledgerMtimeMsCurrent"):
        if wire["archive"][name]:
            wire["archive"][name] = _MTIME
    return wire


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
            from relayburn.ingest import ingest_all

            report = ingest_all(home, semantics=scene.semantics)
            reingested = {
                "scannedSessions": report.scanned_sessions,
                "ingestedSessions": report.ingested_sessions,
                "appendedTurns": report.appended_turns,
            }
    return reset_wire(home, targets, forced=forced, reingest_requested=reingest, reingested=reingested)


def _mask_archive_bytes(stdout: dict[str, Any]) -> None:
    """Sizes of databases are not compared, nor are they part of the recorded total."""
    for target in stdout.get("targets", ()):
        if target["path"].endswith("archive.sqlite"):
            stdout["totals"]["bytesFreed"] -= target["bytes"]
            target["bytes"] = "<bytes>"


_WORDS = {"status": _status, "reset": _reset}
