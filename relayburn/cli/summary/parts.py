"""What the modes of a summary say alike: what was saved.

In: figures. Out: lines for people, keys of JSON.
"""

from __future__ import annotations

from typing import Any

from relayburn.analyze.replacement_savings import SavingsSummary, ToolSavings
from relayburn.cli.formats import counted
from relayburn.jsnum import locale_text


def savings_line(savings: SavingsSummary) -> str:
    """What replacement tools saved."""
    return (
        f"estimated savings from replacement tools: ~{locale_text(savings.estimated_tokens_saved)} tokens across "
        f"{counted(savings.calls, 'call')} ({locale_text(savings.collapsed_calls)} collapsed vanilla calls)"
    )


def savings_wire(savings: SavingsSummary) -> dict[str, Any]:
    """`replacementSavings`, the tools that saved most first; nothing where nothing was saved."""
    if not savings.calls:
        return {}
    tools = sorted(savings.by_tool.items(), key=lambda item: -item[1].estimated_tokens_saved)
    by_tool = [{"tool": name, **tool_savings_wire(saved)} for name, saved in tools]
    return {"replacementSavings": {**tool_savings_wire(savings), "byTool": by_tool}}


def tool_savings_wire(saved: ToolSavings) -> dict[str, Any]:
    """The three sums of a tool, or of all."""
    return {
        "calls": saved.calls,
        "collapsedCalls": saved.collapsed_calls,
        "estimatedTokensSaved": saved.estimated_tokens_saved,
    }
