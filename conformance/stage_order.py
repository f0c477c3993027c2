"""In which order the stages stand behind each other, from the bytes of a log to what a user sees.

A later stage that diverges is most often the echo of an earlier one, so a report names the earliest first.
"""

from __future__ import annotations

from functools import cache

from conformance.entries import matches

STAGE_ORDER = (
    "relayburn.reader.hash.*",
    "relayburn.reader.git.*",
    "relayburn.reader.fidelity.*",
    "relayburn.reader.user_turn.*",
    "relayburn.reader.opencode_stream.*",
    "relayburn.reader.*",
    "relayburn.classifier.*",
    "relayburn.pricing.*",
    "relayburn.analyze.pricing.*",
    "relayburn.analyze.cost.*",
    "relayburn.analyze.provider.*",
    "relayburn.analyze.fidelity.*",
    "relayburn.analyze.*",
    "relayburn.ledger.*",
    "relayburn.ingest*",
    "relayburn.archive*",
    "relayburn.sdk.*",
    "relayburn.cli",
    "relayburn.mcp",
)


@cache
def stage_rank(protocol: str) -> int:
    """Where a protocol stands in `STAGE_ORDER`; an unknown one stands last."""
    for rank, pattern in enumerate(STAGE_ORDER):
        if matches(pattern, protocol):
            return rank
    return len(STAGE_ORDER)
