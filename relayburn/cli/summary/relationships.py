"""`burn summary --by-subagent-type` and `--by-relationship` (cli.md 7.3 and 7.4).

In: an inquiry. Out: tables, or JSON, of what invocations and sessions of each kind cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relayburn.analyze.relationship_stats import RelatedSpending, RelationshipStats, spending_by_relationship
from relayburn.analyze.subagent_node import SUBAGENT
from relayburn.analyze.subagent_tree import SubagentTypeStats, aggregate_subagent_type_stats
from relayburn.cli.formats import counted, json_text, usd
from relayburn.cli.report import Table, write_report
from relayburn.cli.summary.inquiry import Inquiry
from relayburn.cli.unpriced import unpriced_wire, warn_of_unpriced
from relayburn.jsnum import locale_text
from relayburn.records import TurnRecord, to_wire

NOTHING = (
    "no SessionRelationshipRecord rows found for the matched slice; ingest a session with execution-graph wiring or run "
    "`burn state rebuild` once relationship backfill is available"
)


def show_subagent_types(inquiry: Inquiry) -> int:
    """What each type of subagent cost, for people."""
    turns = inquiry.turns()
    _write_subagent_types(inquiry, _subagent_types(inquiry, turns))
    warn_of_unpriced(inquiry.shell, inquiry.unpriced(turns).models)
    return 0


def show_subagent_types_as_json(inquiry: Inquiry) -> int:
    """What each type of subagent cost, as a JSON array, in which unpriced turns have no place: stderr tells of them."""
    turns = inquiry.turns()
    inquiry.shell.say(json_text(to_wire(_subagent_types(inquiry, turns))))
    warn_of_unpriced(inquiry.shell, inquiry.unpriced(turns).models)
    return 0


def show_relationships(inquiry: Inquiry) -> int:
    """What sessions cost by how they began, for people."""
    turns = inquiry.turns()
    found = _spending(inquiry, turns).relationships
    if not found:
        inquiry.shell.say(NOTHING)
        return 0
    sessions = sum(row.session_count for row in found)
    header = ["relationshipType", "sessionCount", "turnCount", "total", "median", "p95", "mean"]
    rows = [
        [row.relationship_type, locale_text(row.session_count), locale_text(row.turn_count), *_costs(row)]
        for row in found
    ]
    write_report(inquiry.shell, ["", f"relationships: {locale_text(sessions)}", "", Table([header, *rows])])
    warn_of_unpriced(inquiry.shell, inquiry.unpriced(turns).models)
    return 0


def show_relationships_as_json(inquiry: Inquiry) -> int:
    """What sessions cost by how they began, as one JSON object."""
    turns = inquiry.turns()
    found = _spending(inquiry, turns).relationships
    if not found:
        return _say_nothing(inquiry)
    answer = {"relationships": to_wire(found), **unpriced_wire(inquiry.shell, inquiry.unpriced(turns))}
    inquiry.shell.say(json_text(answer))
    return 0


def show_subagent_relationships(inquiry: Inquiry) -> int:
    """What subagents cost by their type, as relationships tell, for people."""
    turns = inquiry.turns()
    found = _spending(inquiry, turns)
    if not found.subagent_types:
        inquiry.shell.say(NOTHING)
        return 0
    _write_subagent_types(inquiry, found.subagent_types)
    warn_of_unpriced(inquiry.shell, inquiry.unpriced(turns).models)
    return 0


def show_subagent_relationships_as_json(inquiry: Inquiry) -> int:
    """What subagents cost by their type, as relationships tell, as one JSON object."""
    turns = inquiry.turns()
    found = _spending(inquiry, turns)
    if not found.subagent_types:
        return _say_nothing(inquiry)
    answer = {
        "relationships": [to_wire(row) for row in found.relationships if row.relationship_type == SUBAGENT],
        "subagentTypes": to_wire(found.subagent_types),
        **unpriced_wire(inquiry.shell, inquiry.unpriced(turns)),
    }
    inquiry.shell.say(json_text(answer))
    return 0


def _spending(inquiry: Inquiry, turns: Sequence[TurnRecord]) -> RelatedSpending:
    with inquiry.progress.task("reading session relationships") as tell:
        rows = inquiry.relationships(inquiry.wanted.session)
        tell(f"read {counted(len(rows), 'relationship')}")
    return spending_by_relationship(rows, turns, inquiry.table, semantics=inquiry.shell.semantics)


def _subagent_types(inquiry: Inquiry, turns: Sequence[TurnRecord]) -> list[SubagentTypeStats]:
    return aggregate_subagent_type_stats(turns, inquiry.table, semantics=inquiry.shell.semantics)


def _write_subagent_types(inquiry: Inquiry, found: Sequence[SubagentTypeStats]) -> None:
    invocations = sum(row.invocations for row in found)
    header = ["subagentType", "invocations", "turns", "total", "median", "p95", "mean"]
    rows = [[row.subagent_type, locale_text(row.invocations), locale_text(row.turns), *_costs(row)] for row in found]
    body = Table([header, *rows]) if rows else "  (no subagent turns in range)"
    write_report(inquiry.shell, ["", f"subagent invocations: {locale_text(invocations)}", "", body])


def _costs(row: RelationshipStats | SubagentTypeStats) -> list[str]:
    return [usd(cost) for cost in (row.total_cost, row.median_cost, row.p95_cost, row.mean_cost)]


def _say_nothing(inquiry: Inquiry) -> int:
    nothing: dict[str, Any] = {"relationships": [], "message": NOTHING}
    inquiry.shell.say(json_text(nothing))
    return 0
