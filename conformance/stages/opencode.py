"""The stages of the OpenCode session reader (reader-opencode.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn import jsjson
from relayburn.reader.opencode import OpencodeOptions, parse_opencode_session, parse_opencode_session_incremental
from relayburn.records import UNSET, to_wire


@stage("relayburn.reader.opencode")
def whole_session(request: Request) -> Any:
    """Every record of a session."""
    return _as_json(
        parse_opencode_session(_session_file(request), opencode_options(request.config), semantics=request.semantics)
    )


@stage("relayburn.reader.opencode.incremental")
def new_in_session(request: Request) -> Any:
    """What a session has beyond the messages that were seen."""
    return _as_json(
        parse_opencode_session_incremental(
            _session_file(request), opencode_options(request.config), semantics=request.semantics
        )
    )


def _session_file(request: Request) -> str:
    return str(request.root / request.args["sessionFile"])


def opencode_options(config: dict[str, Any]) -> OpencodeOptions:
    """The reader options among the keys of `request.config`."""
    return OpencodeOptions(
        session_path=config.get("sessionPath", UNSET),
        content_mode=config.get("contentMode", "off"),
        tokenizer=config.get("tokenizer", UNSET),
        seen_message_ids=config.get("seenMessageIds", ()),
    )


def _as_json(records: Any) -> Any:
    """Records as their JSON text reads: verbatim numbers become doubles, and those beyond them null."""
    return jsjson.loads(jsjson.compact(to_wire(records)))
