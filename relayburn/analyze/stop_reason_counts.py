"""How turns ended: with an answer, at a limit, in a call.

In: the stop reasons of turns. Out: how many there are of each (after-1x-surface.md 6).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from relayburn.reader.stop_reasons import normalize_stop_reason
from relayburn.records import Record


class StopReasonCounts(Record, kw_only=True):
    """Turns by how they ended; `none` is for those whose log does not tell."""

    end_turn: int = 0
    max_tokens: int = 0
    pause_turn: int = 0
    stop_sequence: int = 0
    tool_use: int = 0
    refusal: int = 0
    silent: int = 0
    none: int = 0


def count_stop_reasons(reasons: Iterable[tuple[Any, int]]) -> StopReasonCounts:
    """Add up how often each reason occurs; a reason that is no text is none."""
    counts = StopReasonCounts()
    for reason, turns in reasons:
        name = normalize_stop_reason(reason).replace("-", "_") if isinstance(reason, str) else "none"
        setattr(counts, name, getattr(counts, name) + turns)
    return counts
