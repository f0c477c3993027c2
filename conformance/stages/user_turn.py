"""User-turn blocks and token counters (user-turns.md 2 and 3)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.reader.user_turn import (
    TokenCounter,
    bytes_to_approx_tokens,
    measured_text,
    text_block,
    token_counter,
    tool_result_block,
)
from relayburn.records import UNSET, to_wire
from relayburn.text import utf8_length


@stage("relayburn.reader.user_turn.make_text_block")
def block_of_text(request: Request) -> Any:
    return to_wire(text_block(request.args["text"], _counter(request)))


@stage("relayburn.reader.user_turn.make_tool_result_block")
def block_of_tool_result(request: Request) -> Any:
    args = request.args
    return to_wire(
        tool_result_block(args["toolUseId"], args.get("content"), args.get("isError", UNSET), _counter(request))
    )


def _counter(request: Request) -> TokenCounter:
    """The block functions' default is the heuristic counter, unlike the readers'."""
    return token_counter(request.config.get("tokenizer", "heuristic"), semantics=request.semantics)


@stage("relayburn.reader.user_turn.measure_content_bytes")
def content_bytes(request: Request) -> Any:
    return utf8_length(measured_text(request.args.get("content")))


@stage("relayburn.reader.user_turn.stringify_measured_content")
def content_text(request: Request) -> Any:
    return measured_text(request.args.get("content"))


@stage("relayburn.reader.user_turn.bytes_to_approx_tokens")
def approx_tokens(request: Request) -> Any:
    return bytes_to_approx_tokens(request.args["byteLen"])


@stage("relayburn.reader.user_turn.create_user_turn_token_counter")
def counter_choice(request: Request) -> Any:
    asked = request.args.get("tokenizer", UNSET)
    token_counter(asked, semantics=request.semantics)
    return {"tokenizer": "cl100k" if asked is UNSET else asked}
