"""What replacement tools saved, in tokens: one call of theirs stood in for several ordinary ones.

In: tool calls that say which tools they replaced and how many calls they collapsed. Out: estimated tokens saved, by
call and in total (replacement-savings.md). Never dollars.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from relayburn.jsnum import is_number
from relayburn.pricing.numbers import add_up, number
from relayburn.records import UNSET, Record, ToolCall, TurnRecord

TOKENS_PER_CALL: Mapping[str, float] = {
    "Bash": 600,
    "BashOutput": 400,
    "Edit": 700,
    "Glob": 250,
    "Grep": 900,
    "KillShell": 100,
    "LS": 300,
    "MultiEdit": 1100,
    "NotebookEdit": 900,
    "Read": 2200,
    "Task": 5000,
    "TodoWrite": 250,
    "WebFetch": 3000,
    "WebSearch": 2500,
    "Write": 1600,
}
"""What one ordinary call of a tool takes, on average."""

OTHER_TOKENS_PER_CALL = 800


class CallCosts(Struct, kw_only=True, frozen=True):
    """Tokens of one ordinary call: overrides by tool name (None: as any other tool), and that of any other tool."""

    cost_per_call: Mapping[str, float | None] = {}
    fallback_cost_per_call: Any = UNSET

    @property
    def fallback(self) -> float:
        """What a call of an unlisted tool takes; an override that is negative or no number does not count."""
        given = self.fallback_cost_per_call
        return given if is_number(given) and given >= 0 else OTHER_TOKENS_PER_CALL

    def tokens(self, tool: str) -> float:
        """What one ordinary call of `tool` takes."""
        listed = self.cost_per_call.get(tool, UNSET)
        if listed is UNSET:
            listed = TOKENS_PER_CALL.get(tool)
        return self.fallback if listed is None else listed


class SavingsEstimate(Record, kw_only=True):
    """What one call saved."""

    collapsed_calls: float
    replaced_tools: list[str]
    estimated_tokens_saved: float


class ToolSavings(Record, kw_only=True):
    """What the calls of one tool saved together."""

    calls: int = 0
    collapsed_calls: float = 0
    estimated_tokens_saved: float = 0

    def add(self, estimate: SavingsEstimate) -> None:
        """Count one more call."""
        self.calls += 1
        self.collapsed_calls += estimate.collapsed_calls
        self.estimated_tokens_saved += estimate.estimated_tokens_saved


class SavingsSummary(ToolSavings, kw_only=True):
    """What all calls saved; `by_tool` in order of first sight."""

    by_tool: dict[str, ToolSavings]


def estimate_savings_for_tool_call(call: ToolCall, costs: CallCosts | None = None) -> SavingsEstimate | None:
    """What `call` saved, or None where it claims to have replaced nothing."""
    costs = costs or CallCosts()
    collapsed = number(call.collapsed_calls) if call.collapsed_calls is not UNSET else 0
    names = call.replaced_tools if isinstance(call.replaced_tools, list) else []
    if not (collapsed > 0 or names):
        return None
    average = add_up(map(costs.tokens, names)) / len(names) if names else costs.fallback
    calls = collapsed if collapsed > 0 else len(names)
    return SavingsEstimate(
        collapsed_calls=calls, replaced_tools=list(names), estimated_tokens_saved=_round_half_up(calls * average)
    )


def _round_half_up(value: float) -> float:
    """To the nearest integer, ties upwards, as JavaScript rounds."""
    if not math.isfinite(value):
        return value
    whole = math.floor(value)
    return whole + 1 if value - whole >= 0.5 else whole


def summarize_replacement_savings(turns: Iterable[TurnRecord], costs: CallCosts | None = None) -> SavingsSummary:
    """What all tool calls of `turns` saved."""
    return savings_of_calls((call for turn in turns for call in turn.tool_calls), costs)


def savings_of_calls(calls: Iterable[ToolCall], costs: CallCosts | None = None) -> SavingsSummary:
    """What `calls` saved."""
    summary = SavingsSummary(by_tool={})
    for call in calls:
        estimate = estimate_savings_for_tool_call(call, costs)
        if estimate is None:
            continue
        summary.add(estimate)
        summary.by_tool.setdefault(call.name, ToolSavings()).add(estimate)
    return summary
