"""`burn summary --by-tool`: what the results of each tool cost to read (cli.md 7.2).

In: an inquiry. Out: the table or JSON object.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relayburn.analyze.fidelity import summarize_fidelity
from relayburn.analyze.replacement_savings import SavingsSummary, summarize_replacement_savings
from relayburn.analyze.sessions import by_session
from relayburn.analyze.tool_spending import ToolSpending, spending_by_tool
from relayburn.cli.formats import counted, json_text, usd
from relayburn.cli.report import Part, Table, write_report
from relayburn.cli.summary.grouped import ingest_wire
from relayburn.cli.summary.inquiry import Inquiry
from relayburn.cli.summary.parts import savings_line, savings_wire, tool_savings_wire
from relayburn.cli.unpriced import unpriced_wire, warn_of_unpriced
from relayburn.jsnum import locale_text
from relayburn.records import TurnRecord, to_wire

_EXPLAINED = (
    "attributedCost = turn N ingest cost assigned to turn N-1 tool_use blocks by user-turn byte size when available, "
    "otherwise split evenly."
)


def show_tools(inquiry: Inquiry) -> int:
    """The tools, for people."""
    turns = inquiry.turns()
    spent = _spending(inquiry, turns)
    parts: list[Part] = ["", f"turns analyzed: {locale_text(len(turns))}", ""]
    if not spent.tools:
        write_report(inquiry.shell, [*parts, "no tool calls found for filters."])
        return 0
    savings = summarize_replacement_savings(turns)
    parts += [Table(_rows(spent, savings)), "", _EXPLAINED]
    parts.append(f"unattributed cost (no prior tool call or non-tool user text): {usd(spent.unattributed)}")
    if savings.calls:
        parts.append(savings_line(savings))
    write_report(inquiry.shell, parts)
    warn_of_unpriced(inquiry.shell, inquiry.unpriced(turns).models)
    return 0


def show_tools_as_json(inquiry: Inquiry) -> int:
    """The tools as one JSON object."""
    turns = inquiry.turns()
    spent = _spending(inquiry, turns)
    savings = summarize_replacement_savings(turns)
    answer = {
        "ingest": ingest_wire(inquiry.ingested),
        "turns": len(turns),
        "byTool": [{**to_wire(tool), **_saved(tool.tool, savings)} for tool in spent.tools],
        "unattributed": spent.unattributed,
        "fidelity": {"summary": to_wire(summarize_fidelity(turns))},
        **savings_wire(savings),
        **unpriced_wire(inquiry.shell, inquiry.unpriced(turns)),
    }
    inquiry.shell.say(json_text(answer))
    return 0


def _spending(inquiry: Inquiry, turns: Sequence[TurnRecord]) -> ToolSpending:
    with inquiry.progress.task("reading user turns for tool attribution") as tell:
        user_turns = inquiry.user_turns()
        sessions = by_session(turns).keys() & by_session(user_turns).keys()
        tell(f"read user turns for {counted(len(sessions), 'session')}")
    with inquiry.progress.task("attributing tool cost") as tell:
        spent = spending_by_tool(turns, user_turns, inquiry.table, semantics=inquiry.shell.semantics)
        tell(f"attributed cost to {counted(len(spent.tools), 'tool')}")
    return spent


def _saved(tool: str, savings: SavingsSummary) -> dict[str, Any]:
    saved = savings.by_tool.get(tool)
    return {} if saved is None else {"savings": tool_savings_wire(saved)}


def _rows(spent: ToolSpending, savings: SavingsSummary) -> list[list[str]]:
    rows = [["tool", "calls", "attributedCost"]]
    rows += [[tool.tool, locale_text(tool.calls), usd(tool.attributed_cost)] for tool in spent.tools]
    if savings.calls:
        saved = [savings.by_tool.get(tool.tool) for tool in spent.tools]
        cells = ["savedTokens", *("-" if each is None else locale_text(each.estimated_tokens_saved) for each in saved)]
        rows = [[*row, cell] for row, cell in zip(rows, cells, strict=True)]
    return rows
