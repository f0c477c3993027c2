"""The events of OpenCode's bus.

In: the payload of an SSE event, any JSON value. Out: its `BusEvent`, however deeply it is wrapped, or whether it should
wake a polling ingest (reader-opencode-stream.md 3 and 8).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

_VERSIONED_HINTS = (
    "message.updated",
    "message.part.updated",
    "message.part.removed",
    "session.created",
    "session.updated",
    "session.deleted",
)

INGEST_HINTS = frozenset(
    [
        *_VERSIONED_HINTS,
        *(f"{name}.1" for name in _VERSIONED_HINTS),
        "session.idle",
        "session.compacted",
        "session.status",
    ]
)
"""The event types after which OpenCode's files may have changed."""


class BusEvent(Struct, frozen=True):
    """An event: its type and its properties, empty when it has none."""

    type: str
    properties: dict[str, Any]


def read_event(payload: Any) -> BusEvent | None:
    """The event in `payload`; None when it holds none. An inner `payload` hides everything around it."""
    while isinstance(payload, dict) and isinstance(payload.get("payload"), dict | list):
        payload = payload["payload"]
    if not isinstance(payload, dict) or not isinstance(kind := payload.get("type"), str):
        return None
    return BusEvent(kind, member(payload, "properties"))


def member(owner: dict[str, Any], key: str) -> dict[str, Any]:
    """The object at `key`, empty when there is none."""
    value = owner.get(key)
    return value if isinstance(value, dict) else {}


def is_opencode_ingest_hint(payload: Any) -> bool:
    """True for an event after which OpenCode's files may have changed.

    Unlike `read_event` it looks one level deep, and the outer type wins.
    """
    if not isinstance(payload, dict):
        return False
    outer = payload.get("type")
    kind = outer if isinstance(outer, str) else member(payload, "payload").get("type")
    return isinstance(kind, str) and kind in INGEST_HINTS
