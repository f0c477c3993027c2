"""The tool-call patterns and their findings (tool-call-patterns.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.sessions import turns_by_session
from relayburn.analyze.tool_call_patterns import (
    ToolCallPattern,
    detect_tool_call_patterns,
    tool_call_pattern_finding,
)
from relayburn.pricing.table import table_from_wire
from relayburn.records import TurnRecord, from_wire, to_wire


@stage("relayburn.analyze.tool_call_patterns.detect_tool_call_patterns")
def patterns(request: Request) -> Any:
    turns = [from_wire(TurnRecord, turn) for turn in request.args["turns"]]
    sessions = turns_by_session(turns).values()
    return to_wire(detect_tool_call_patterns(sessions, table_from_wire(request.args["opts"]["pricing"])))


@stage("relayburn.analyze.tool_call_patterns.tool_call_pattern_to_finding")
def finding(request: Request) -> Any:
    return to_wire(tool_call_pattern_finding(from_wire(ToolCallPattern, request.args["finding"])))
