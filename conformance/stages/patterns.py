"""The pattern detectors (patterns.md)."""

from __future__ import annotations

from typing import Any

from conformance.stages.registry import Request, stage
from relayburn.analyze.patterns.detect import detect_patterns
from relayburn.analyze.patterns.evidence import Evidence
from relayburn.pricing.table import table_from_wire
from relayburn.records import (
    CompactionEvent,
    ContentRecord,
    Record,
    ToolResultEventRecord,
    TurnRecord,
    UserTurnRecord,
    from_wire,
)


@stage("relayburn.analyze.patterns.detect_patterns")
def patterns(request: Request) -> Any:
    return detect_patterns(evidence_of(request)).to_wire()


def evidence_of(request: Request) -> Evidence:
    """The records and prices of a request, as `turns` and `opts` give them."""
    options = request.args["opts"]
    return Evidence(
        turns=_records(TurnRecord, request.args["turns"]),
        table=table_from_wire(options["pricing"]),
        semantics=request.semantics,
        compactions=_records(CompactionEvent, options.get("compactions")),
        user_turns_by_session=_by_session(UserTurnRecord, options.get("userTurnsBySession")),
        content_by_session=_by_session(ContentRecord, options.get("contentBySession")),
        tool_result_events=_records(ToolResultEventRecord, options.get("toolResultEvents")),
    )


def _records(kind: type[Record], wire: list[Any] | None) -> Any:
    return [from_wire(kind, record) for record in wire or ()]


def _by_session(kind: type[Record], wire: dict[str, Any] | None) -> dict[Any, Any]:
    return {session: _records(kind, records) for session, records in (wire or {}).items()}
