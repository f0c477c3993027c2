"""The kinds of waste as tables: one row here for each detector (cli.md 8.2 and 9.1).

In: what a detector found. Out: title, header and cells, over all sessions or for one. `name` is what the reference calls the
kind after `--patterns`; rows stand in the order in which they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from relayburn.analyze.findings import ratio_text
from relayburn.cli.formats import shortened, usd
from relayburn.jsnum import is_number, locale_text
from relayburn.pricing.ids import id_text
from relayburn.records import UNSET
from relayburn.semantics import Semantics
from relayburn.text import utf16_slice

ABSENT = "—"
SESSION_UNITS = 8
"""Units of a session's id that are shown where many sessions are."""

Column = tuple[str, Callable[[Any], str]]
"""A header, and the cell of a row."""


def _text(field: str, length: int = 0) -> Callable[[Any], str]:
    """A text, in at most `length` units where a length is given."""

    def cell(row: Any) -> str:
        text = id_text(getattr(row, field))
        return shortened(text, length) if length else text

    return cell


def _grouped(field: str) -> Callable[[Any], str]:
    return lambda row: optional_figure(getattr(row, field))


def optional_figure(value: Any) -> str:
    """A number grouped by thousands, or the sign for nothing."""
    if value is UNSET or value is None:
        return ABSENT
    return locale_text(value) if is_number(value) else id_text(value)


def optional_text(value: Any, length: int) -> str:
    """A text in at most `length` units, or the sign for nothing."""
    return ABSENT if value is UNSET or value is None else shortened(id_text(value), length)


def _range(first: str, last: str) -> Column:
    return "turns", lambda row: f"{id_text(getattr(row, first))}–{id_text(getattr(row, last))}"


def short_session(session_id: Any) -> str:
    """The beginning of a session's id."""
    return utf16_slice(id_text(session_id), 0, SESSION_UNITS)


_SESSION: Column = ("session", lambda row: short_session(row.session_id))
_COST: Column = ("cost", lambda row: usd(row.cost))
_TOOLS: Column = ("tools", lambda row: shortened(", ".join(map(id_text, row.tools_involved)), 40))
_RUN_TURNS = _range("start_turn_index", "end_turn_index")
_RATIO: Column = ("ratio", lambda row: ratio_text(row.ratio))


@dataclass(frozen=True, slots=True)
class PatternTable:
    """One kind of waste: its names, the titles and columns over all sessions and for one, the figure it is ranked by.

    Without a `rank` rows stay as their detector found them; without a `session_title` the kind is no matter of one session.
    """

    kind: str
    name: str
    title: str
    columns: tuple[Column, ...]
    rank: str | None = "cost"
    session_title: str = ""
    session_columns: tuple[Column, ...] = ()

    def ranked(self, found: Sequence[Any]) -> Sequence[Any]:
        """The rows, the dearest first."""
        return found if self.rank is None else sorted(found, key=attrgetter(self.rank), reverse=True)

    def rows(self, found: Sequence[Any]) -> list[list[str]]:
        """The header and the cells of `found`."""
        return _cells(self.columns, found)

    def session_rows(self, found: Sequence[Any]) -> list[list[str]]:
        """The same where all rows are of one session."""
        return _cells(self.session_columns, found)


def _cells(columns: tuple[Column, ...], found: Sequence[Any]) -> list[list[str]]:
    return [[header for header, _ in columns], *([cell(row) for _, cell in columns] for row in found)]


def _in_sessions(
    kind: str, name: str, title: str, session_title: str, *columns: Column, rank: str = "cost"
) -> PatternTable:
    """A kind whose rows are of a session each."""
    return PatternTable(kind, name, title, (_SESSION, *columns), rank, session_title, columns)


REFERENCE_TABLES = (
    _in_sessions(
        "retry-loop",
        "retries",
        "Retry loops (≥3 identical failing tool calls in a row)",
        "Retry loops",
        ("tool", _text("tool")),
        ("target", lambda row: optional_text(row.target, 40)),
        ("attempts", _text("attempts")),
        _RUN_TURNS,
        _COST,
    ),
    _in_sessions(
        "failure-run",
        "failures",
        "Consecutive tool-failure runs (≥3 distinct tools failing in sequence)",
        "Consecutive failure runs",
        ("length", _text("length")),
        _RUN_TURNS,
        _TOOLS,
        _COST,
    ),
    _in_sessions(
        "cancellation-run",
        "cancellations",
        "Cancelled tool/subagent runs",
        "Cancelled tool/subagent runs",
        ("length", _text("length")),
        _RUN_TURNS,
        _TOOLS,
        ("source", _text("event_source")),
        _COST,
    ),
    _in_sessions(
        "compaction-loss",
        "compaction",
        "Compaction-loss events",
        "Compaction events",
        ("ts", _text("ts")),
        ("cacheLost(tok)", _grouped("tokens_before_compact")),
        ("cost", lambda row: usd(row.cache_lost_cost)),
        rank="cache_lost_cost",
    ),
    _in_sessions(
        "edit-revert",
        "reverts",
        "Edit-revert cycles (file returned to a prior state)",
        "Edit-revert cycles",
        ("file", _text("file_path", 40)),
        ("firstEdit", _text("first_edit_turn_index")),
        ("revert", _text("revert_turn_index")),
        ("span", _text("span_turns")),
        _COST,
    ),
    PatternTable(
        "edit-heavy",
        "edit-heavy",
        "Edit-heavy sessions (edits/reads > 4, ≥5 edits)",
        (
            ("source", _text("source")),
            _SESSION,
            ("reads", _grouped("read_count")),
            ("edits", _grouped("edit_count")),
            _RATIO,
            ("retries", _text("likely_retries")),
            _COST,
        ),
        "edit_count",
        "Edit-heavy session signal",
        (
            ("source", _text("source")),
            ("reads", _text("read_count")),
            ("edits", _text("edit_count")),
            _RATIO,
            ("retries", _text("likely_retries")),
            _COST,
        ),
    ),
    _in_sessions(
        "skill-recall-dup",
        "opencode-skill-recall",
        "OpenCode skill recall duplicates (same skill called ≥2 times, content not deduplicated)",
        "OpenCode skill recall duplicates",
        ("skill", _text("skill_name", 30)),
        ("calls", _text("call_count")),
        _range("first_turn_index", "last_turn_index"),
        _COST,
    ),
    _in_sessions(
        "skill-pruning-protection",
        "opencode-skill-pruning",
        "OpenCode skill pruning protection (skill content never evicted from cache)",
        "OpenCode skill pruning protection",
        ("skill", _text("skill_name", 30)),
        ("invokedAt", _text("invoked_turn_index")),
        ("ridingTurns", _grouped("riding_turns")),
        ("lastCached", _text("last_cached_turn_index")),
        _COST,
    ),
    _in_sessions(
        "system-prompt-tax",
        "opencode-system-prompt",
        "OpenCode system prompt / skill catalog tax (fixed prefix riding in cache on every turn)",
        "OpenCode system prompt / skill catalog tax",
        ("prefix(tok)", _grouped("first_turn_cache_create")),
        ("userMsg(tok)", _grouped("first_user_message_tokens")),
        ("systemPrompt(tok)", _grouped("estimated_system_prompt_tokens")),
        ("ridingTurns", _grouped("riding_turns")),
        ("cost", lambda row: usd(row.total_cost)),
        rank="total_cost",
    ),
    PatternTable(
        "ghost-surface",
        "ghost-surface",
        "Ghost user-installed surface (agents/skills/commands/prompts/rules/memories never invoked)",
        (
            ("source", _text("source")),
            ("kind", lambda row: row.kind.removeprefix("ghost-")),
            ("path", _text("path", 60)),
            ("tokens", _grouped("size_tokens")),
            ("sessions", _grouped("session_count")),
            _COST,
            ("note", lambda row: "catalog" if row.counted_by_catalog_bloat is True else ""),
        ),
        rank=None,
    ),
    PatternTable(
        "tool-output-bloat",
        "tool-output-bloat",
        "Oversized tool output bloat (BASH_MAX_OUTPUT_LENGTH config + cross-harness >15k tok tool_results)",
        (
            ("source", _text("source")),
            ("tool", _text("tool_name")),
            ("kind", _text("kind")),
            ("count", _text("occurrence_count")),
            ("max(tok)", _grouped("evidenced_max_output")),
            ("p95(tok)", _grouped("evidenced_p95_output")),
            _COST,
        ),
    ),
    PatternTable(
        "tool-call-pattern",
        "tool-call-pattern",
        "Tool-call patterns (vanilla call sequences with consolidatable overhead)",
        (
            _SESSION,
            ("category", _text("category")),
            ("count", _text("occurrence_count")),
            ("tokensSaved", _grouped("estimated_tokens_saved")),
            ("usdSaved", lambda row: usd(row.estimated_usd_saved)),
        ),
        "estimated_usd_saved",
    ),
)
"""The kinds that the reference knows."""

UNPRICED_TABLE = PatternTable(
    "unpriced-usage",
    "unpriced-usage",
    "Usage without a known price (its dollars are unknown, never $0)",
    (
        _SESSION,
        ("turns", lambda row: locale_text(row.usage.turns)),
        ("tokens", lambda row: locale_text(row.usage.tokens)),
        ("models", lambda row: shortened(", ".join(model.model for model in row.usage.models), 60)),
    ),
    "usage.tokens",
)

SESSION_TABLES = tuple(table for table in REFERENCE_TABLES if table.session_title)
"""The kinds that are a matter of one session."""


def pattern_tables(semantics: Semantics) -> tuple[PatternTable, ...]:
    """All kinds, in the order in which they are shown."""
    return (*REFERENCE_TABLES, UNPRICED_TABLE) if semantics.report_unpriced else REFERENCE_TABLES
