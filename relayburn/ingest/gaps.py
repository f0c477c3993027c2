"""Tool calls whose results were never seen, and when to warn of them (ingest.md 5).

In: per file read, its session, its number of calls and of results. Out: the body of a warning, when one is due. What
was seen lives as long as the process: one `GapWatch` for each harness.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ToolCallGaps:
    """Whether a session has calls but no results at all, and how many."""

    session_affected: bool
    orphan_tool_calls: int


def count_tool_call_gaps(turns: Sequence[Mapping[str, Any]], content: Sequence[Mapping[str, Any]]) -> ToolCallGaps:
    """The gaps between the calls of `turns` and the results in `content`, both wire records."""
    calls = sum(len(turn["toolCalls"]) for turn in turns)
    if not calls or any(record["kind"] == "tool_result" for record in content):
        return ToolCallGaps(False, 0)
    return ToolCallGaps(True, calls)


@dataclass(slots=True)
class GapWatch:
    """The gaps of one harness's sessions. `orphans` maps an affected session to its calls without results."""

    harness: str
    orphans: dict[str, int] = field(default_factory=dict)
    healed: set[str] = field(default_factory=set)
    warned: frozenset[str] | None = None

    def record(self, session_id: str, calls: int, results: int) -> None:
        """Note what one file gave; an empty session id is not noted."""
        if not session_id:
            return
        if results:
            self.orphans.pop(session_id, None)
            self.healed.add(session_id)
        elif calls and session_id not in self.healed:
            self.orphans[session_id] = self.orphans.get(session_id, 0) + calls

    def warning(self) -> str | None:
        """The body of the warning that is due, None where nothing new is affected."""
        affected = frozenset(self.orphans)
        if not affected:
            self.warned = None
            return None
        if self.warned is not None and affected <= self.warned:
            return None
        self.warned = affected
        return _body(self.harness, len(affected), sum(self.orphans.values()))


def _body(harness: str, sessions: int, calls: int) -> str:
    return "\n".join(
        (
            f"{harness}: {sessions} session{_plural(sessions)} logged tool calls without any observed tool_result "
            f"content ({calls} tool call{_plural(calls)}).",
            "  Likely cause: still running (result line not yet flushed) or killed mid-call.",
            "  Counts decay as later ingest passes pick up the result lines; sized hotspots",
            "  attribution falls back to user-turn block sizes (or even-split) until they heal.",
        )
    )


def _plural(count: int) -> str:
    return "" if count == 1 else "s"


_watches: dict[str, GapWatch] = {}


def gap_watch(harness: str) -> GapWatch:
    """What this process has seen of `harness` so far."""
    return _watches.setdefault(harness, GapWatch(harness))


def gap_watches() -> list[GapWatch]:
    """What this process has seen of all harnesses, to be taken to another one."""
    return list(_watches.values())


def restore_gaps(watches: Iterable[GapWatch]) -> None:
    """Let this process have seen just what `watches` say."""
    _watches.clear()
    _watches.update({watch.harness: watch for watch in watches})


def forget_gaps() -> None:
    """Forget what was seen, as a new process would begin."""
    _watches.clear()
