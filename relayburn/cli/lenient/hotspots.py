"""`burn hotspots`, its words read leniently (cli.md 8).

In: a scan. Out: an exit code. A session that is named, or none after `--session`, makes the filters count for nothing.
"""

from __future__ import annotations

from relayburn.cli.hotspots.attribution import show_attribution, show_attribution_json
from relayburn.cli.hotspots.gaps import show_gaps, show_gaps_json
from relayburn.cli.hotspots.looking import Filters
from relayburn.cli.hotspots.patterns import show_findings, show_patterns, show_patterns_json
from relayburn.cli.hotspots.rollup_tables import all_rows, first_rows
from relayburn.cli.hotspots.session import show_session, show_session_json
from relayburn.cli.loading import providers, since_bound
from relayburn.cli.scan import Scan
from relayburn.cli.shell import Shell


def hotspots(shell: Shell, found: Scan) -> int:
    """Where the money of sessions went."""
    as_json = found.is_set("json")
    if "session" in found.flags:
        return _session(shell, found, as_json=as_json)
    filters = Filters(
        since=since_bound(shell, found.value("since")),
        project=found.value("project"),
        workflow=found.value("workflow"),
        providers=providers(found.flags.get("provider")),
    )
    rows_of = all_rows if found.is_set("all") else first_rows
    if "patterns" not in found.flags and not found.is_set("findings"):
        return show_attribution_json(shell, filters) if as_json else show_attribution(shell, filters, rows_of)
    patterns = found.value("patterns") or ""
    if as_json:
        return show_patterns_json(shell, filters, patterns)
    if found.is_set("findings"):
        return show_findings(shell, filters, patterns)
    return show_patterns(shell, filters, patterns, rows_of)


def _session(shell: Shell, found: Scan, *, as_json: bool) -> int:
    session = found.value("session")
    if session:
        return show_session_json(shell, session) if as_json else show_session(shell, session)
    explained = found.is_set("explain-drift")
    return show_gaps_json(shell, explained=explained) if as_json else show_gaps(shell, explained=explained)
