"""Faults of the archive: what it keeps of a record, in which order it gives turns back, and how it counts."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

ARCHIVE = ("relayburn.archive*", "relayburn.ledger.state", "relayburn.analyze.compare.compare_from_archive")
AREAS = ("homes", "current", "analyze")


def _in(module: str, name: str, change: Change) -> Fault:
    return Fault(f"archive: {name}", f"relayburn.ledger.{module}", change, ARCHIVE, areas=AREAS)


FAULTS = (
    _in(
        "archive.reading",
        "turns of one time stand in any order of their index",
        Rewrite('TURN_ORDER = "ts, turn_index, first"', 'TURN_ORDER = "ts, turn_index DESC, first"'),
    ),
    _in(
        "archive.reading",
        "turns of one time and index stand as they were last written",
        Rewrite('TURN_ORDER = "ts, turn_index, first"', 'TURN_ORDER = "ts, turn_index, place DESC"'),
    ),
    _in(
        "archive.reading",
        "turns stand in the order of the ledger",
        Rewrite('TURN_ORDER = "ts, turn_index, first"', 'TURN_ORDER = "first"'),
    ),
    _in("archive.filters", "since is exclusive", Rewrite('"ts >= ?"', '"ts > ?"')),
    _in("archive.filters", "until is exclusive", Rewrite('"ts <= ?"', '"ts < ?"')),
    _in(
        "archive.filters",
        "a project is its folder alone",
        Rewrite(
            '("(project = ? OR project_key = ?)", [query.project, query.project])', '("project = ?", [query.project])'
        ),
    ),
    _in("archive.filters", "a key with a dot is looked for as it is", Drop("_PATH_SIGNS", 0)),
    _in("archive.readback", "output is read back under another name", Misspell("_USAGE", 1)),
    _in("archive.readback", "usage alone covers no cache", Flip("_fidelity", 3)),
    _in("archive.readback", "tokens that are there are absent", Flip("_fidelity", 0)),
    _in("archive.readback", "an error of a call is its opposite", Flip("_tool_call", 2)),
    _in("archive.readback", "what is told by the turn is called otherwise", Misspell("_fidelity", 4)),
    _in("tables", "a call that saved nothing saved some", Flip("collapsed_calls", 0)),
    _in("archive.schema_v3", "a version later", Shift("VERSION")),
    _in("archive.schema_v3", "a tier is no column", Misspell("PROMOTED", 7)),
    _in("archive.status", "an archive that is up to date is not", Flip("_describe", 0)),
    _in(
        "archive.status",
        "turns that name no class are not counted",
        Rewrite("coalesce(attribution_fidelity, 'unknown')", "attribution_fidelity"),
    ),
)
