"""The tables of one session that no detector fills: its relatives, its tool results, and what was dearest in it (cli.md 9.1).

In: records, or rows of a roll-up. Out: headers and cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.analyze.tool_results import call_of, errors_by_call
from relayburn.cli.formats import shortened, usd
from relayburn.cli.hotspots.pattern_tables import optional_figure, optional_text
from relayburn.cli.hotspots.rollup_tables import command_text, examples_text
from relayburn.collation import collation_key
from relayburn.jsnum import locale_text
from relayburn.pricing.ids import id_text
from relayburn.records import SessionRelationshipRecord, ToolResultEventRecord

ID_UNITS = 24
DESCRIPTION_UNITS = 36
ERRORED = "errored"
RELATIONSHIP_ORDER = ("root", "subagent", "continuation", "fork")

Row = list[str]
Column = tuple[str, Callable[[Any], str]]


def relationship_rows(relationships: Iterable[SessionRelationshipRecord]) -> list[Row]:
    """The relatives of a session: by relationship, session and time."""
    header = ["session", "type", "related", "source", "subagentType", "parentToolUseId", "description"]
    return [header, *(_relationship(row) for row in sorted(relationships, key=_place))]


def _place(row: SessionRelationshipRecord) -> tuple[Any, ...]:
    kind = row.relationship_type
    place = RELATIONSHIP_ORDER.index(kind) if kind in RELATIONSHIP_ORDER else len(RELATIONSHIP_ORDER)
    return place, collation_key(id_text(row.session_id)), collation_key(id_text(row.ts))


def _relationship(row: SessionRelationshipRecord) -> Row:
    return [
        shortened(id_text(row.session_id), ID_UNITS),
        id_text(row.relationship_type),
        optional_text(row.related_session_id, ID_UNITS),
        id_text(row.source),
        optional_text(row.subagent_type, ID_UNITS),
        optional_text(row.parent_tool_use_id, ID_UNITS),
        optional_text(row.description, DESCRIPTION_UNITS),
    ]


def chronology_rows(events: Sequence[ToolResultEventRecord]) -> list[Row]:
    """What was told of each call; of a call that failed several times, how often."""
    header = ["toolUseId", "session", "event", "ts", "status", "eventSource", "contentLength"]
    errors = errors_by_call(events)
    return [header, *(_event(event, errors[call_of(event)]) for event in events)]


def _event(event: ToolResultEventRecord, errors: int) -> Row:
    status = id_text(event.status)
    return [
        shortened(id_text(event.tool_use_id), ID_UNITS),
        shortened(id_text(event.session_id), ID_UNITS),
        id_text(event.event_index),
        optional_text(event.ts, ID_UNITS),
        f"{status} ({errors}x)" if status == ERRORED and errors > 1 else status,
        id_text(event.event_source),
        optional_figure(event.content_length),
    ]


@dataclass(frozen=True, slots=True)
class SessionRollup:
    """One list of what was dearest: which roll-up, its key in JSON, its title, its columns."""

    group_by: str
    key: str
    title: str
    columns: tuple[Column, ...]

    def rows(self, rows: Sequence[Any]) -> list[Row]:
        """The header and the cells of `rows`."""
        return [[header for header, _ in self.columns], *([cell(row) for _, cell in self.columns] for row in rows)]


_CALLS: Column = ("calls", lambda row: locale_text(row.call_count))
_COST: Column = ("cost", lambda row: usd(row.total_cost))

SESSION_ROLLUPS = (
    SessionRollup(
        "file",
        "topFiles",
        "Top files by cost",
        (
            ("path", lambda row: shortened(id_text(row.path), 50)),
            ("calls", lambda row: locale_text(row.tool_call_count)),
            _COST,
        ),
    ),
    SessionRollup(
        "bash-verb",
        "topBashVerbs",
        "Top Bash verbs by cost",
        (
            ("verb", lambda row: shortened(row.verb, 32)),
            _CALLS,
            ("commands", lambda row: locale_text(row.distinct_commands)),
            ("persist(tok)", lambda row: locale_text(row.persistence_tokens)),
            _COST,
            ("examples", lambda row: examples_text(row, 28, 60)),
        ),
    ),
    SessionRollup(
        "bash",
        "topBashes",
        "Top exact Bash commands by cost",
        (("command", lambda row: command_text(row, 50)), _CALLS, _COST),
    ),
    SessionRollup(
        "subagent",
        "topSubagents",
        "Top subagent calls by cost",
        (("subagent", lambda row: id_text(row.subagent_type)), _CALLS, _COST),
    ),
)
"""What was dearest in a session, in order."""
