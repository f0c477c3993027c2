"""`burn doctor`: what is read, what is not, and what to do about it.

In: a `Shell`. Out: a report or JSON, and 0 where all is well, 1 where something needs attention.
"""

from __future__ import annotations

from collections.abc import Iterator

from relayburn.cli.formats import bytes_text, counted, json_text, plural
from relayburn.cli.progress import progress_of
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.shell import Shell
from relayburn.ingest.survey import Survey
from relayburn.jsdate import iso
from relayburn.jsnum import locale_text
from relayburn.records import to_wire
from relayburn.sdk.diagnosis import Diagnosis, HomeDiagnosis, diagnose

_VERSIONS_SHOWN = 6


def show_text(shell: Shell) -> int:
    """The diagnosis, for people."""
    found = _diagnosis(shell)
    write_report(shell, list(_parts(found)))
    return _code(found)


def show_json(shell: Shell) -> int:
    """The diagnosis as one JSON object."""
    found = _diagnosis(shell)
    shell.say(json_text(to_wire(found)))
    return _code(found)


def _diagnosis(shell: Shell) -> Diagnosis:
    with progress_of(shell).task("looking at logs and home"):
        return diagnose(shell.home, semantics=shell.semantics)


def _code(found: Diagnosis) -> int:
    return 0 if found.ok else 1


def _parts(found: Diagnosis) -> Iterator[Part]:
    yield "session logs:"
    rows = [("harness", "folder", "files", "size", "")]
    for harness in found.harnesses:
        for root in harness.roots:
            size = bytes_text(root.bytes, unit="B") if root.files else ""
            rows.append((harness.harness, root.path, locale_text(root.files), size, "" if root.exists else "missing"))
    yield Table(rows, indent="  ", columns=("name", "path", "figure", "figure", "text"))
    for harness in found.harnesses:
        yield from _harness_lines(harness)
    yield ""
    yield from _home_lines(found.home)
    yield ""
    if found.ok:
        yield "all is well."
        return
    yield f"{len(found.findings)} thing{plural(len(found.findings))} to look at:"
    for finding in found.findings:
        yield f"  {finding.topic}: {finding.what}"
        yield f"    -> {finding.advice}"


def _harness_lines(harness: Survey) -> Iterator[str]:
    if harness.newest_path is None or harness.newest_ms is None:
        return
    yield f"  {harness.harness}: newest log {harness.newest_path}, {iso(harness.newest_ms)}"
    versions = [f"{name} ({files} file{plural(files)})" for name, files in harness.versions.items()]
    if versions:
        more = len(versions) - _VERSIONS_SHOWN
        shown = ", ".join(versions[:_VERSIONS_SHOWN]) + (f" and {more} more" if more > 0 else "")
        yield f"  {harness.harness}: versions in the newest {counted(harness.looked_into, 'file')}: {shown}"
    if harness.not_ingested:
        yield f"  {harness.harness}: {locale_text(harness.not_ingested)} not ingested yet; burn ingest reads them"


def _home_lines(home: HomeDiagnosis) -> Iterator[str]:
    if not home.exists:
        yield f"home: {home.path} does not exist yet; burn ingest makes it"
    else:
        yield f"home: {home.path} ({home.mode})"
    kept = "for ever" if home.retention_days == "forever" else f"for {home.retention_days} days"
    yield f"content of sessions: {home.content_store}" + (f", kept {kept}" if home.content_store != "off" else "")
    yield f"archive: {home.archive}" + ("; the next report brings it up to date" if home.archive == "behind" else "")
    if home.turns_by_semantics:
        counts = ", ".join(f"{locale_text(lines)} of {name}" for name, lines in home.turns_by_semantics.items())
        yield f"turns in the ledger, by the rules they were read by: {counts}"
