"""Session outcomes and one-shot rates (quality.md 1-3)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.quality import ContentBySession, compute_quality, infer_outcome, one_shot_metrics
from relayburn.records import ContentRecord, TurnRecord, from_wire, to_wire


@stage("relayburn.analyze.quality.compute_quality")
def quality(request: Request) -> Any:
    return to_wire(
        compute_quality(
            _turns(request),
            now_ms=request.args["now"],
            content_by_session=_content(request),
            semantics=request.semantics,
        )
    )


@stage("relayburn.analyze.quality.infer_outcome")
def outcome(request: Request) -> Any:
    session_id = request.args["sessionId"]
    return to_wire(
        infer_outcome(
            session_id,
            _turns(request),
            now_ms=request.args["now"],
            content=_content(request).get(session_id, ()),
            semantics=request.semantics,
        )
    )


@stage("relayburn.analyze.quality.compute_one_shot_rate")
def one_shot_rate(request: Request) -> Any:
    return to_wire(one_shot_metrics(request.args["sessionId"], _turns(request)))


def _turns(request: Request) -> list[TurnRecord]:
    return [from_wire(TurnRecord, turn) for turn in request.args["turns"]]


def _content(request: Request) -> ContentBySession:
    contents = request.args.get("contentBySession") or {}
    return {
        session_id: [from_wire(ContentRecord, record) for record in records] for session_id, records in contents.items()
    }
