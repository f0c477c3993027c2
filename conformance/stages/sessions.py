"""What the readers make of whole sessions, seen from classifier.md 13, fidelity.md 6 and user-turns.md 8.

Each answer is a projection of one reader's result, so that a divergence names the part that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from conformance.stages.claude import claude_options
from conformance.stages.codex import codex_options
from conformance.stages.opencode import opencode_options
from conformance.stages.registry import Request, stage
from relayburn.pricing.fees import web_search_fee
from relayburn.reader.claude import parse_claude_session, parse_claude_session_incremental
from relayburn.reader.codex import parse_codex_session, parse_codex_session_incremental
from relayburn.reader.opencode import parse_opencode_session, parse_opencode_session_incremental
from relayburn.records import to_wire
from relayburn.semantics import Semantics

Reader = Callable[[Path, dict[str, Any], Semantics], Any]
"""A log's path, the reader options as `request.config` names them, semantics -> the reader's result."""


def _reader(parse: Callable[..., Any], options: Callable[[dict[str, Any]], Any]) -> Reader:
    return lambda path, config, semantics: parse(path, options(config), semantics=semantics)


READERS = {
    "claude": _reader(parse_claude_session, claude_options),
    "codex": _reader(parse_codex_session, codex_options),
    "opencode": _reader(parse_opencode_session, opencode_options),
}
INCREMENTAL_READERS = {
    "claude": _reader(parse_claude_session_incremental, claude_options),
    "codex": _reader(parse_codex_session_incremental, codex_options),
    "opencode": _reader(parse_opencode_session_incremental, opencode_options),
}


def _result(request: Request) -> dict[str, Any]:
    """The reader's result for the session of `request`, in wire form."""
    readers = INCREMENTAL_READERS if request.config.get("incremental") is True else READERS
    read = readers[request.args["format"]]
    return to_wire(read(request.root / request.args["entry"], request.config, request.semantics))


def _only(wire: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: wire[key] for key in keys if key in wire}


@stage("relayburn.classifier.session")
def activities(request: Request) -> Any:
    result = _result(request)
    turns = [
        _only(turn, "messageId", "turnIndex", "activity", "retries", "hasEdits", "stopReason")
        | {"toolCalls": [_only(call, "id", "name", "target", "isError") for call in turn["toolCalls"]]}
        for turn in result["turns"]
    ]
    return {"turns": turns, **_only(result, "lastUserText")}


@stage("relayburn.reader.fidelity.session")
def fidelities(request: Request) -> Any:
    return {"turns": [_only(turn, "messageId", "usage", "fidelity") for turn in _result(request)["turns"]]}


@stage("relayburn.reader.user_turn.session")
def user_turns(request: Request) -> Any:
    return _only(_result(request), "userTurns")


@stage("relayburn.pricing.fees.session")
def fees(request: Request) -> Any:
    turns = [_only(turn, "messageId", "model", "webSearches") for turn in _result(request)["turns"]]
    made = [(turn["model"], turn["webSearches"]) for turn in turns if "webSearches" in turn]
    return {"turns": turns, "usd": sum(web_search_fee(model, searches) or 0 for model, searches in made)}
