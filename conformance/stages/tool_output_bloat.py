"""Claude's settings files and too large tool outputs (tool-output-bloat.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.claude_settings import (
    ClaudeSettings,
    load_claude_settings,
    project_claude_settings_path,
    user_claude_settings_path,
)
from relayburn.analyze.tool_output_bloat import (
    ToolOutputBloat,
    detect_observed_bloat,
    detect_static_config_bloat,
    detect_tool_output_bloat,
    tool_output_bloat_finding,
)
from relayburn.pricing.table import table_from_wire
from relayburn.records import ToolResultEventRecord, TurnRecord, UserTurnRecord, from_wire, to_wire


@stage("relayburn.analyze.tool_output_bloat.load_claude_settings")
def load(request: Request) -> Any:
    loaded = load_claude_settings(request.args["filePath"])
    return loaded and to_wire(loaded)


@stage("relayburn.analyze.tool_output_bloat.user_claude_settings_path")
def user_path(request: Request) -> Any:
    return user_claude_settings_path(request.config.get("env", {}).get("HOME", str(request.root)))


@stage("relayburn.analyze.tool_output_bloat.project_claude_settings_path")
def project_path(request: Request) -> Any:
    return project_claude_settings_path(request.args.get("cwd", request.config.get("cwd", str(request.root))))


@stage("relayburn.analyze.tool_output_bloat.detect_static_config_bloat")
def static(request: Request) -> Any:
    options = request.args["opts"]
    return to_wire(detect_static_config_bloat(_settings(options), threshold=options.get("threshold")))


@stage("relayburn.analyze.tool_output_bloat.detect_observed_bloat")
def observed(request: Request) -> Any:
    options = request.args["opts"]
    observed = detect_observed_bloat(**_records(options), table=table_from_wire(options["pricing"]), **_limits(options))
    return to_wire(observed)


@stage("relayburn.analyze.tool_output_bloat.detect_tool_output_bloat")
def both(request: Request) -> Any:
    options = request.args["opts"]
    found = detect_tool_output_bloat(
        settings=_settings(options),
        **_records(options),
        table=table_from_wire(options["pricing"]),
        **_limits(options),
    )
    return to_wire(found)


@stage("relayburn.analyze.tool_output_bloat.tool_output_bloat_to_finding")
def finding(request: Request) -> Any:
    return to_wire(tool_output_bloat_finding(from_wire(ToolOutputBloat, request.args["bloat"])))


def _settings(options: dict[str, Any]) -> list[ClaudeSettings]:
    return [from_wire(ClaudeSettings, file) for file in options.get("settings") or ()]


def _records(options: dict[str, Any]) -> dict[str, Any]:
    return {
        "events": [from_wire(ToolResultEventRecord, event) for event in options.get("toolResultEvents") or ()],
        "user_turns": [from_wire(UserTurnRecord, user_turn) for user_turn in options.get("userTurns") or ()],
        "turns": [from_wire(TurnRecord, turn) for turn in options.get("turns") or ()],
    }


def _limits(options: dict[str, Any]) -> dict[str, Any]:
    return {"threshold": options.get("threshold"), "min_occurrences": options.get("minOccurrences", 1)}
