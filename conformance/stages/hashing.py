"""Stable JSON text and the two hashes, of the value of a JSON text (records.md 8.2)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.jsjson import loads, stable_stringify
from relayburn.reader.hashing import args_hash, content_hash


@stage("relayburn.reader.hash.stable_stringify")
def stable_text(request: Request) -> Any:
    return stable_stringify(loads(request.args["json"]))


@stage("relayburn.reader.hash.args_hash")
def arguments_hash(request: Request) -> Any:
    return args_hash(loads(request.args["json"]))


@stage("relayburn.reader.hash.content_hash")
def text_hash(request: Request) -> Any:
    return content_hash(loads(request.args["json"]))
