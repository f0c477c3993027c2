"""Hotspots: what tool results cost, and their roll-ups (hotspots.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from conformance.stages.registry import Request, stage
from relayburn.analyze.hotspot_rollups import (
    aggregate_by_bash,
    aggregate_by_bash_verb,
    aggregate_by_file,
    aggregate_by_subagent,
)
from relayburn.analyze.hotspots import attribute_hotspots
from relayburn.analyze.riding import HotspotAttribution
from relayburn.analyze.sessions import by_session
from relayburn.pricing.table import table_from_wire
from relayburn.records import ContentRecord, Record, TurnRecord, UserTurnRecord, from_wire, to_wire


@stage("relayburn.analyze.hotspots.attribute_hotspots")
def hotspots(request: Request) -> Any:
    args = request.args
    return to_wire(
        attribute_hotspots(
            _records(TurnRecord, args["turns"]),
            table_from_wire(args["pricing"]),
            semantics=request.semantics,
            user_turns_by_session=by_session(_records(UserTurnRecord, args.get("userTurns") or [])),
            content_by_session=by_session(_records(ContentRecord, args.get("content") or [])),
        )
    )


@stage("relayburn.analyze.hotspots.aggregate_by_file")
def by_file(request: Request) -> Any:
    return to_wire(aggregate_by_file(_attributions(request)))


@stage("relayburn.analyze.hotspots.aggregate_by_bash")
def by_bash(request: Request) -> Any:
    return to_wire(aggregate_by_bash(_attributions(request)))


@stage("relayburn.analyze.hotspots.aggregate_by_bash_verb")
def by_bash_verb(request: Request) -> Any:
    parsed = request.args.get("parsed") or {}

    def parse(command: str) -> _Parsed | None:
        found = parsed.get(command)
        return _Parsed(found["normalized"]) if found else None

    return to_wire(aggregate_by_bash_verb(_attributions(request), parse))


@stage("relayburn.analyze.hotspots.aggregate_by_subagent")
def by_subagent(request: Request) -> Any:
    return to_wire(aggregate_by_subagent(_attributions(request)))


class _Parsed(NamedTuple):
    normalized: str


def _attributions(request: Request) -> list[HotspotAttribution]:
    return _records(HotspotAttribution, request.args["attributions"])


RecordType = TypeVar("RecordType", bound=Record)


def _records(cls: type[RecordType], wire: Sequence[dict[str, Any]]) -> list[RecordType]:
    return [from_wire(cls, item) for item in wire]
