"""What `burn state` does once its words are understood (cli.md 13).

In: a `Shell` and settled options. Out: an exit code; reports on stdout, as text or JSON. Both readings of the command
line end here. No command ingests, except a reset that is asked to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relayburn.cli import state_text
from relayburn.cli.formats import json_text
from relayburn.cli.progress import progress_of
from relayburn.cli.shell import Shell
from relayburn.cli.state_text import counted
from relayburn.ingest.missing_content import reingest_missing_content
from relayburn.ingest.recoverable import recoverable_sessions
from relayburn.ingest.sweep import ingest_all
from relayburn.jsnum import locale_text
from relayburn.ledger.archive import archive_status, build_archive, vacuum_archive
from relayburn.ledger.config import FOREVER, Days, load_config
from relayburn.ledger.prune import is_prune_forced, prune_older_than
from relayburn.ledger.rebuild import rebuild_index
from relayburn.ledger.reclassify import reclassify
from relayburn.ledger.reset import reset, reset_targets, reset_wire
from relayburn.ledger.status import home_status
from relayburn.records import to_wire


def show_status(shell: Shell, *, as_json: bool) -> int:
    """What lies in the home."""
    with progress_of(shell).task("checking derived state") as done:
        status = home_status(shell.home)
        archive = archive_status(shell.home, semantics=shell.semantics)
        done("checked derived state")
    if as_json:
        return _print_json(shell, status.to_wire(to_wire(archive)))
    return _print(shell, state_text.status_lines(status, archive))


def rebuild_indexes(shell: Shell) -> int:
    """Make the index of known records anew."""
    with progress_of(shell).task("rebuilding ledger indexes") as done:
        entries = state_text.index_text(rebuild_index(shell.home, semantics=shell.semantics))
        done(f"rebuilt ledger indexes: {entries}")
    return _print(shell, [f"rebuilt ledger index: {entries}"])


def rebuild_classes(shell: Shell, *, force: bool) -> int:
    """Judge again what turns did; with `force` also those that were judged."""
    with progress_of(shell).task("reclassifying ledger turns") as done:
        report = reclassify(shell.home, force=force, semantics=shell.semantics)
        done(f"reclassified {counted(report.processed, 'turn')}")
    return _print(shell, state_text.reclassified_lines(report))


def rebuild_content(shell: Shell) -> int:
    """Read again the content that the home lacks."""
    with progress_of(shell).task("rebuilding content sidecars") as done:
        report = reingest_missing_content(shell.home, log=shell.tell, semantics=shell.semantics)
        done(f"rebuilt content sidecars for {counted(report.reingested_sessions, 'session')}")
    return _print(shell, [state_text.content_text(report)])


def update_archive(shell: Shell, *, as_json: bool) -> int:
    """Bring the archive up to date."""
    with progress_of(shell).task("building archive tail") as done:
        report = build_archive(shell.home, semantics=shell.semantics)
        done(f"built archive: {counted(report.turns_applied, 'turn')} applied")
    if as_json:
        return _print_json(shell, to_wire(report))
    return _print(shell, state_text.build_lines(report, title="archive build complete"))


def rebuild_archive(shell: Shell, *, as_json: bool) -> int:
    """Build the archive from nothing."""
    with progress_of(shell).task("rebuilding archive from ledger") as done:
        report = build_archive(shell.home, full=True, semantics=shell.semantics)
        done(f"rebuilt archive: {counted(report.turns_applied, 'turn')} applied")
    if as_json:
        return _print_json(shell, to_wire(report))
    return _print(shell, state_text.build_lines(report, title="rebuilt archive from ledger"))


def shrink_archive(shell: Shell, *, as_json: bool) -> int:
    """Give back what the archive no longer needs."""
    with progress_of(shell).task("vacuuming archive") as done:
        report = vacuum_archive(shell.home, semantics=shell.semantics)
        done("vacuumed archive")
    return _print_json(shell, to_wire(report)) if as_json else _print(shell, [state_text.vacuum_text(report)])


def rebuild_all(shell: Shell, *, force: bool) -> int:
    """All that is derived from logs and ledger, in the order in which one needs the other."""
    rebuild_content(shell)
    rebuild_indexes(shell)
    rebuild_classes(shell, force=force)
    return update_archive(shell, as_json=False)


def prune(shell: Shell, *, days: Days | None, force: bool) -> int:
    """Remove content that nothing was added to for `days`, by default those of the settings."""
    home, progress = shell.home, progress_of(shell)
    retention = load_config(home, shell.tell).retention_days if days is None else days
    if retention == FOREVER:
        return _print(shell, ["content retention=forever - nothing to prune"])
    recoverable: set[str] = set()
    if not (force or is_prune_forced(home)):
        with progress.task("scanning source session files") as done:
            recoverable = recoverable_sessions(home, shell.semantics)
            done(f"scanned {counted(len(recoverable), 'source session id')}")
    with progress.task("pruning content sidecars") as done:
        report = prune_older_than(home, retention, recoverable, semantics=shell.semantics)
        done(f"pruned {counted(report.files_deleted, 'content file')}")
    return _print(shell, state_text.pruned_lines(report))


def show_reset(shell: Shell, *, as_json: bool, reingest: bool) -> int:
    """What a reset would remove; nothing is."""
    home = shell.home
    targets = reset_targets(home)
    if as_json:
        shell.say(json_text(reset_wire(home, targets, forced=False, reingest_requested=reingest)))
    else:
        files, size = state_text.total_text(targets)
        lines = state_text.reset_lines(home, targets, title="dry run: would reset derived state under")
        _print(shell, [*lines, f"total: {files}, {size} would be freed", "re-run with --force to apply."])
    if reingest:
        shell.tell("burn state reset: --reingest requires --force; nothing was deleted.")
    return 0


def do_reset(shell: Shell, *, as_json: bool, reingest: bool) -> int:
    """Take the home back to nothing, and ingest anew where that is asked for."""
    home = shell.home
    targets = reset(home, semantics=shell.semantics)
    report = ingest_all(home, log=shell.tell, semantics=shell.semantics).counters() if reingest else None
    if as_json:
        wire = reset_wire(home, targets, forced=True, reingest_requested=reingest, reingested=report)
        return _print_json(shell, wire)
    files, size = state_text.total_text(targets)
    lines = [
        *state_text.reset_lines(home, targets, title="reset derived state under"),
        f"total: removed {files}, {size} freed",
    ]
    if report is not None:
        scanned, ingested, turns = (
            locale_text(report[name]) for name in ("scannedSessions", "ingestedSessions", "appendedTurns")
        )
        lines.append(f"reingested {ingested} of {scanned} sessions ({turns} turns appended)")
    return _print(shell, lines)


def _print(shell: Shell, lines: Iterable[str]) -> int:
    shell.say("\n".join(lines))
    return 0


def _print_json(shell: Shell, value: Any) -> int:
    shell.say(json_text(value))
    return 0
