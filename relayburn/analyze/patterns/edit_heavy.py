"""Edit-heavy sessions: many edits and few reads, which is editing without looking first (patterns.md 11)."""

from __future__ import annotations

import math

import msgspec

from relayburn.analyze.findings import HIGH, WARN, WasteFinding, plain_text, ratio_text, session_finding, usd_text
from relayburn.analyze.patterns.codex_shell import is_shell_file_read
from relayburn.analyze.patterns.session import CODEX, Session
from relayburn.analyze.tool_names import EDIT_TOOLS, READ_TOOLS, tool_name
from relayburn.reader.classifier import count_retries
from relayburn.records import Record, ToolCall

MIN_EDITS = 5
MAX_RATIO = 4
"""Edits a read that are still fine."""


class EditHeavySession(Record, kw_only=True):
    """A session with more edits than its reads explain; `cost` in USD of the turns that hold an edit.

    `ratio` is edits a read, infinite without a read. `likely_retries` counts edit, shell, edit inside one turn.
    """

    source: str
    session_id: str
    read_count: int
    edit_count: int
    ratio: float
    likely_retries: int
    cost: float


def edit_heavy_sessions(session: Session) -> list[EditHeavySession]:
    """The session, where it is edit-heavy: one row or none."""
    reads = 0
    edit_places: list[int] = []
    for position, call in session.calls:
        if _is_read(call, session.turns[position].source):
            reads += 1
        elif tool_name(call) in EDIT_TOOLS:
            edit_places.append(position)
    edits = len(edit_places)
    ratio = edits / reads if reads else math.inf
    if edits < MIN_EDITS or ratio <= MAX_RATIO:
        return []
    return [
        EditHeavySession(
            source=session.source,
            session_id=session.session_id,
            read_count=reads,
            edit_count=edits,
            ratio=ratio,
            likely_retries=sum(count_retries(turn.tool_calls) for turn in session.turns),
            cost=session.cost_once(edit_places),
        )
    ]


def _is_read(call: ToolCall, source: str) -> bool:
    return tool_name(call) in READ_TOOLS or (source == CODEX and is_shell_file_read(call))


def edit_heavy_finding(session: EditHeavySession) -> WasteFinding:
    """The finding of an edit-heavy session, never more than a warning (findings.md 3)."""
    edits, reads, ratio = plain_text(session.edit_count), plain_text(session.read_count), ratio_text(session.ratio)
    finding = session_finding(
        "edit-heavy",
        session.session_id,
        session.cost,
        f"Edit-heavy session: {edits} edits / {reads} reads (ratio {ratio})",
        f"{session.source} session has {edits} edit-tool calls against only {reads} read-tool calls (ratio {ratio}, "
        f"threshold {MAX_RATIO}×). {plain_text(session.likely_retries)} edit→bash→edit retry pattern(s) observed. "
        f"Edit-bearing turn cost {usd_text(session.cost)} — careless editing without first reading surrounding context.",
    )
    return msgspec.structs.replace(finding, severity=WARN) if finding.severity == HIGH else finding
