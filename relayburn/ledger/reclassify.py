"""Activities of stored turns, computed anew from the content sidecars (ledger.md 11, classifier.md 11).

In: the ledger and the content beside it. Out: the same ledger with `activity`, `retries` and `hasEdits` of turns set; lines
that nothing was computed for keep their bytes. By default only turns without an activity are looked at.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from relayburn.collation import collation_key
from relayburn.errors import RelayburnError
from relayburn.ledger.file_content import read as read_sidecar
from relayburn.ledger.file_lock import file_lock
from relayburn.ledger.home import Home
from relayburn.ledger.identity import Wire
from relayburn.ledger.line_index import rebuild_line_index
from relayburn.ledger.lines import json_bytes, known_line
from relayburn.ledger.private_files import read_file, replace_file
from relayburn.reader.classifier import Activity, classify_activity
from relayburn.records import ToolCall, from_wire
from relayburn.semantics import CURRENT, Semantics

_SKILL = "skill"


@dataclass(slots=True)
class ReclassifyReport:
    """How many turns were looked at, classified, changed by it and left alone, and what the changed ones became."""

    scanned: int = 0
    processed: int = 0
    changed: int = 0
    skipped: int = 0
    changed_by_category: dict[str, int] = field(default_factory=dict)

    def count_change(self, activity: str) -> None:
        """A turn became `activity`, which it was not."""
        self.changed += 1
        self.changed_by_category[activity] = self.changed_by_category.get(activity, 0) + 1


@dataclass(slots=True)
class _TurnLine:
    """A turn line of the ledger: its place among the lines, and itself."""

    place: int
    line: Wire

    @property
    def turn(self) -> Wire:
        return self.line["record"]


@dataclass(frozen=True, slots=True)
class _Said:
    """What a session's content says: failed calls, what the user said when, what was answered in each message."""

    failed_calls: frozenset[str]
    user_times: Sequence[str]
    user_texts: Sequence[str]
    answers: dict[Any, list[str]]


def reclassify(home: Home, *, force: bool = False, semantics: Semantics = CURRENT) -> ReclassifyReport:
    """Set the activity of turns that have none, or of all with `force`.

    Raises `LockUnavailable`, `HomeUnreadable`, `HomeUnwritable`.
    """
    report = ReclassifyReport()
    if not home.ledger.exists():
        return report
    with file_lock(home, "ledger", semantics):
        lines = (read_file(home.ledger) or b"").split(b"\n")
        for session in _sessions(lines):
            _reclassify_session(home, session, lines, report, _kept(force, semantics))
        if report.processed:
            replace_file(home.ledger, [b"\n".join(lines)])
            if semantics.exactly_once:
                rebuild_line_index(home)
    return report


def _kept(force: bool, semantics: Semantics) -> frozenset[str] | None:
    """The labels that are left alone, None for all of them: a skill is known by lines that content does not show."""
    if not force:
        return None
    return frozenset({_SKILL} if semantics.skill_activity else ())


def _sessions(lines: Sequence[bytes]) -> Iterable[list[_TurnLine]]:
    """The turn lines by session, in the order the sessions come first, each session's by time."""
    sessions: dict[object, list[_TurnLine]] = defaultdict(list)
    for place, text in enumerate(lines):
        if (line := known_line(text)) is not None and line["kind"] == "turn":
            session = line["record"].get("sessionId")
            sessions[session if type(session) is str else json_bytes(session)].append(_TurnLine(place, line))
    for session in sessions.values():
        yield sorted(session, key=lambda each: collation_key(_text(each.turn.get("ts"))))


def _reclassify_session(
    home: Home, session: list[_TurnLine], lines: list[bytes], report: ReclassifyReport, kept: frozenset[str] | None
) -> None:
    said = _said(_content(home, session[0].turn.get("sessionId")))
    previous = ""
    for each in session:
        report.scanned += 1
        turn, ts = each.turn, _text(each.turn.get("ts"))
        if "activity" in turn and (kept is None or _text(turn["activity"]) in kept):
            report.skipped += 1
        else:
            found = _classified(turn, _text_of(said, turn, previous, ts), said.failed_calls)
            report.processed += 1
            if turn.get("activity") != found.activity:
                report.count_change(found.activity)
            turn.update(activity=found.activity, retries=found.retries, hasEdits=found.has_edits)
            lines[each.place] = json_bytes(each.line)
        previous = ts


def _content(home: Home, session_id: Any) -> list[Wire]:
    try:
        return read_sidecar(home, session_id, None) if type(session_id) is str else []
    except RelayburnError:
        return []


def _said(content: Iterable[Wire]) -> _Said:
    failed: set[str] = set()
    prompts: list[tuple[str, str]] = []
    answers: dict[Any, list[str]] = defaultdict(list)
    for record in content:
        kind, role, text = record.get("kind"), record.get("role"), record.get("text")
        if kind == "tool_result":
            result = record.get("toolResult")
            if type(result) is dict and result.get("isError") is True and type(result.get("toolUseId")) is str:
                failed.add(result["toolUseId"])
        elif kind == "text" and type(text) is str and text:
            if role == "user":
                prompts.append((_text(record.get("ts")), text))
            elif role == "assistant":
                answers[_hashable(record.get("messageId"))].append(text)
    prompts.sort(key=lambda prompt: collation_key(prompt[0]))
    return _Said(frozenset(failed), [ts for ts, _ in prompts], [text for _, text in prompts], answers)


def _text_of(said: _Said, turn: Wire, previous: str, ts: str) -> str:
    """What the user said after the previous turn and up to this one, then what the turn's message answered."""
    start, end = bisect_right(said.user_times, previous), bisect_right(said.user_times, ts)
    chunks = list(said.user_texts[start:end])
    if answered := said.answers.get(_hashable(turn.get("messageId"))):
        chunks.append("\n".join(answered))
    return "\n".join(chunks)


def _classified(turn: Wire, text: str, failed_calls: frozenset[str]) -> Activity:
    stored = turn.get("toolCalls")
    calls = [call for call in stored if type(call) is dict] if type(stored) is list else []
    has_failed = any(type(call.get("id")) is str and call["id"] in failed_calls for call in calls)
    usage = turn.get("usage")
    reasoning = usage.get("reasoning") if type(usage) is dict else None
    return classify_activity([from_wire(ToolCall, call) for call in calls], text, has_failed, reasoning)


def _text(value: Any) -> str:
    return value if type(value) is str else ""


def _hashable(value: Any) -> Any:
    return value if type(value) is str else (json_bytes(value),)
