"""Stages of the Codex reader (reader-codex.md 1)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.reader.codex import (
    CodexOptions,
    parse_codex_session,
    parse_codex_session_incremental,
    read_codex_session_id_hint,
    resume_from_wire,
)
from relayburn.records import to_wire

_OPTIONS = {
    "sessionPath": "session_path",
    "contentMode": "content_mode",
    "tokenizer": "tokenizer",
    "startOffset": "start_offset",
}


def codex_options(config: dict[str, Any]) -> CodexOptions:
    """The reader options among the keys of `request.config`."""
    values = {name: config[key] for key, name in _OPTIONS.items() if key in config}
    if "resume" in config:
        values["resume"] = resume_from_wire(config["resume"])
    return CodexOptions(**values)


@stage("relayburn.reader.codex")
def session(request: Request) -> Any:
    return to_wire(parse_codex_session(request.path(), codex_options(request.config), semantics=request.semantics))


@stage("relayburn.reader.codex.incremental")
def increment(request: Request) -> Any:
    return to_wire(
        parse_codex_session_incremental(request.path(), codex_options(request.config), semantics=request.semantics)
    )


@stage("relayburn.reader.codex.session_id_hint")
def session_id_hint(request: Request) -> Any:
    return read_codex_session_id_hint(request.path())
