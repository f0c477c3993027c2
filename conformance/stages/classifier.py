"""The activity classifier and the command parser (classifier.md 2-9)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.reader.bash import parse_bash_command
from relayburn.reader.classifier import classify_activity, count_retries, normalize_tool_name
from relayburn.records import ToolCall, from_wire


@stage("relayburn.classifier.classify_activity")
def activity(request: Request) -> Any:
    args = request.args
    result = classify_activity(
        _calls(args),
        args.get("text") or "",
        args.get("hasFailedTool") is True,
        args.get("reasoningTokens"),
    )
    return {"activity": result.activity, "retries": result.retries, "hasEdits": result.has_edits}


@stage("relayburn.classifier.count_retries")
def retries(request: Request) -> Any:
    return count_retries(_calls(request.args))


@stage("relayburn.classifier.normalize_tool_name")
def tool_name(request: Request) -> Any:
    return normalize_tool_name(request.args["name"])


@stage("relayburn.classifier.parse_bash_command")
def bash_command(request: Request) -> Any:
    verb = parse_bash_command(request.args["command"])
    if verb is None:
        return None
    subcommand = {} if verb.subcommand is None else {"subcommand": verb.subcommand}
    return {"binary": verb.binary, **subcommand, "normalized": verb.normalized}


def _calls(args: dict[str, Any]) -> list[ToolCall]:
    return [from_wire(ToolCall, call) for call in args.get("toolCalls") or []]
