"""Stages of the Claude Code reader (reader-claude.md 12)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.reader.claude import (
    ClaudeOptions,
    Evidence,
    parse_claude_session,
    parse_claude_session_incremental,
    reconcile_claude_session_relationships,
)
from relayburn.records import from_wire, to_wire

_OPTIONS = {
    "sessionPath": "session_path",
    "fileSessionId": "file_session_id",
    "contentMode": "content_mode",
    "tokenizer": "tokenizer",
    "startOffset": "start_offset",
    "lastUserText": "last_user_text",
}


def claude_options(config: dict[str, Any]) -> ClaudeOptions:
    """The reader options among the keys of `request.config`."""
    return ClaudeOptions(**{name: config[key] for key, name in _OPTIONS.items() if key in config})


@stage("relayburn.reader.claude")
def session(request: Request) -> Any:
    return to_wire(parse_claude_session(request.path(), claude_options(request.config), semantics=request.semantics))


@stage("relayburn.reader.claude.incremental")
def increment(request: Request) -> Any:
    return to_wire(
        parse_claude_session_incremental(request.path(), claude_options(request.config), semantics=request.semantics)
    )


@stage("relayburn.reader.claude.reconcile")
def reconcile(request: Request) -> Any:
    evidences = [from_wire(Evidence, item["evidence"]) for item in request.args["inputs"]]
    return to_wire(reconcile_claude_session_relationships(evidences))
