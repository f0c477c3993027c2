"""`burn summary --quality`: how sessions ended, and how often an edit was right at once (quality.md 4).

In: an inquiry and its turns. Out: lines for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relayburn.analyze.quality import Quality, compute_quality
from relayburn.analyze.sessions import by_session
from relayburn.cli.formats import counted
from relayburn.cli.summary.inquiry import Inquiry
from relayburn.jsnum import to_fixed
from relayburn.ledger.content import read_content
from relayburn.pricing.ids import id_text
from relayburn.records import ContentRecord, TurnRecord, from_wire

_OUTCOMES = ("completed", "abandoned", "errored", "unknown")


def quality_of(inquiry: Inquiry, turns: Sequence[TurnRecord]) -> Quality:
    """How the sessions of `turns` ended. Raises `UnsafeSessionId`, `HomeUnreadable`."""
    home = inquiry.shell.home
    with inquiry.progress.task("reading content for quality summary") as tell:
        content: dict[Any, list[ContentRecord]] = {}
        for session in by_session(turns):
            found = [from_wire(ContentRecord, record) for record in read_content(home, id_text(session))]
            if found:
                content[session] = found
        tell(f"read content for {counted(len(content), 'session')}")
    with inquiry.progress.task("computing quality summary") as tell:
        quality = compute_quality(
            turns, now_ms=home.clock(), content_by_session=content, semantics=inquiry.shell.semantics
        )
        tell("computed quality summary")
    return quality


def quality_lines(quality: Quality) -> list[str]:
    """The three lines, or one where there is no session."""
    if not quality.outcomes:
        return ["quality: (no sessions)"]
    counts = dict.fromkeys(_OUTCOMES, 0)
    for each in quality.outcomes:
        counts[each.outcome] += 1
    outcomes = " / ".join(f"{count} {name}" for name, count in counts.items())
    edits = sum(metrics.edit_turns for metrics in quality.one_shot)
    at_once = sum(metrics.one_shot_turns for metrics in quality.one_shot)
    rate = f"{to_fixed(100 * at_once / edits, 1)}% across {edits} edit turns" if edits else "n/a (no edit turns)"
    return [
        f"quality — sessions: {len(quality.outcomes)}",
        f"  outcomes: {outcomes}",
        f"  one-shot rate: {rate}",
    ]
