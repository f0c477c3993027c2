"""`burn state`, its words read leniently (cli.md 13).

In: a scan. Out: an exit code; usage errors are told with the help.
"""

from __future__ import annotations

from pathlib import Path

from relayburn import jsjson
from relayburn.cli import state as verbs
from relayburn.cli.lenient.help import STATE
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell
from relayburn.cli.state_beyond import export_archive, read_again, show_fingerprint
from relayburn.ledger.config import retention_days


def state(shell: Shell, found: Scan) -> int:
    """Show, rebuild, prune or reset what is derived from the logs."""
    name = found.word() or "status"
    if found.asks_for_help():
        return _help(shell)
    match name:
        case "status":
            return verbs.show_status(shell, as_json=found.is_set("json"))
        case "rebuild":
            return _rebuild(shell, found)
        case "prune":
            return _prune(shell, found)
        case "reset":
            return _reset(shell, found)
        case "reingest":
            return read_again(shell, as_json=found.is_set("json"))
        case "export-sqlite":
            return _export(shell, found)
        case "fingerprint":
            return _fingerprint(shell, found)
    return _misuse(shell, f"burn state: unknown subcommand: {name}", 1)


def _rebuild(shell: Shell, found: Scan) -> int:
    force = found.is_set("force")
    match target := found.word(1):
        case None:
            return _misuse(shell, "burn state rebuild: missing target", 2)
        case "help":
            return _help(shell)
        case "index":
            return verbs.rebuild_indexes(shell)
        case "classify":
            return verbs.rebuild_classes(shell, force=force)
        case "content":
            return verbs.rebuild_content(shell)
        case "archive":
            return _archive(shell, found)
        case "all":
            return verbs.rebuild_all(shell, force=force)
    return _misuse(shell, f"burn state rebuild: unknown target: {target}", 1)


def _archive(shell: Shell, found: Scan) -> int:
    action, as_json, full = found.word(2), found.is_set("json"), found.is_set("full")
    if action not in (None, "build", "vacuum"):
        return _misuse(shell, f"burn state rebuild archive: unknown action: {action}", 1)
    if action == "vacuum" or found.is_set("vacuum"):
        if full:
            shell.tell("burn state rebuild archive: --full and --vacuum cannot be combined")
            return 1
        return verbs.shrink_archive(shell, as_json=as_json)
    if full:
        return verbs.rebuild_archive(shell, as_json=as_json)
    return verbs.update_archive(shell, as_json=as_json)


def _prune(shell: Shell, found: Scan) -> int:
    text = found.value("days")
    days = retention_days(text)
    if text is not None and days is None:
        wish = f'invalid --days value: {jsjson.quote(text)} (expected a number or "forever")'
        return _misuse(shell, f"burn state prune: {wish}", 2)
    return verbs.prune(shell, days=days, force=found.is_set("force"))


def _reset(shell: Shell, found: Scan) -> int:
    if found.word(1) == "help":
        return _help(shell)
    act = verbs.do_reset if found.is_set("force") else verbs.show_reset
    return act(shell, as_json=found.is_set("json"), reingest=found.is_set("reingest"))


def _export(shell: Shell, found: Scan) -> int:
    if not (path := found.word(1)):
        return _misuse(shell, "burn state export-sqlite: missing path", 2)
    return export_archive(shell, path=Path(path), as_json=found.is_set("json"))


def _fingerprint(shell: Shell, found: Scan) -> int:
    session, project = found.value("session"), found.value("project")
    if session and project:
        return _misuse(shell, "burn state fingerprint: --session and --project cannot be combined", 2)
    return show_fingerprint(shell, session=session, project=project, as_json=found.is_set("json"))


def _help(shell: Shell) -> int:
    shell.say(STATE)
    return 0


def _misuse(shell: Shell, complaint: str, code: int) -> int:
    shell.tell(f"{complaint}\n\n{STATE}")
    return code
