"""Edit reverts: an edit that brings a file back to a state that an earlier edit had changed (patterns.md 8)."""

from __future__ import annotations

from relayburn.analyze.findings import WasteFinding, plain_text, session_finding, usd_text
from relayburn.analyze.patterns.content import EditText
from relayburn.analyze.patterns.session import PlacedCall, Session
from relayburn.analyze.sessions import text_of
from relayburn.records import UNSET, Record, ToolCall, UnsetType

REVERTING_TOOLS = frozenset({"Edit", "Write", "NotebookEdit"})
"""Tool names as logged: other harnesses' names and `MultiEdit` take no part."""


class RevertPreview(Record, kw_only=True):
    """What the first edit and its revert put in place of what."""

    first_edit: EditText
    revert: EditText


class EditRevert(Record, kw_only=True):
    """A file that came back to an earlier state; `cost` in USD of the two turns."""

    session_id: str
    file_path: str
    first_edit_turn_index: int
    revert_turn_index: int
    span_turns: int
    cost: float
    sample_preview: RevertPreview | UnsetType = UNSET


def edit_reverts(session: Session) -> list[EditRevert]:
    """The reverts of a session, in order. A revert ends its file's history, so the next needs two new edits."""
    histories: dict[str, dict[str, PlacedCall]] = {}
    found: list[EditRevert] = []
    for revert in session.calls:
        call = revert.call
        if not _is_edit(call):
            continue
        history = histories.setdefault(text_of(call.target), {})
        first = history.get(text_of(call.edit_post_hash))
        if first is not None:
            found.append(_revert(session, first, revert))
            history.clear()
        elif text_of(call.edit_pre_hash):
            # The first edit that changed this state is the one that a revert undoes.
            history.setdefault(text_of(call.edit_pre_hash), revert)
    return found


def _is_edit(call: ToolCall) -> bool:
    return call.name in REVERTING_TOOLS and bool(text_of(call.target)) and call.is_error is not True


def _revert(session: Session, first: PlacedCall, revert: PlacedCall) -> EditRevert:
    start, end = session.turn_index(first.position), session.turn_index(revert.position)
    return EditRevert(
        session_id=session.session_id,
        file_path=text_of(revert.call.target),
        first_edit_turn_index=start,
        revert_turn_index=end,
        span_turns=end - start,
        cost=session.cost_once((first.position, revert.position)),
        sample_preview=_preview(session, first.call, revert.call) or UNSET,
    )


def _preview(session: Session, first: ToolCall, revert: ToolCall) -> RevertPreview | None:
    if session.content is None:
        return None
    before, after = session.content.edit_text(first.id), session.content.edit_text(revert.id)
    return RevertPreview(first_edit=before, revert=after) if before and after else None


def edit_revert_finding(revert: EditRevert) -> WasteFinding:
    """The finding of an edit revert (findings.md 3)."""
    detail = (
        f"Turn {plain_text(revert.first_edit_turn_index)} edited {revert.file_path}; turn "
        f"{plain_text(revert.revert_turn_index)} restored a prior file state {plain_text(revert.span_turns)} turns later. "
        f"Cumulative anchor-turn cost {usd_text(revert.cost)} — the intermediate work was erased."
    )
    if preview := revert.sample_preview:
        first, undone = preview.first_edit, preview.revert
        detail += f" First edit: '{first.old}' → '{first.new}'. Revert: '{undone.old}' → '{undone.new}'."
    return session_finding("edit-revert", revert.session_id, revert.cost, f"Edit revert on {revert.file_path}", detail)
