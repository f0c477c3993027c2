"""The subagents that a turn starts with `spawn_agent`.

In: the arguments of the call, its output, its notifications: any of them may name the child. Out: one relationship row per
call, as soon as the child is known (reader-codex.md 5.10, 5.13 and 5.15).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from relayburn import jsjson
from relayburn.jsjson import truthy
from relayburn.records import OptionalText, SessionRelationshipRecord

SPAWN_TOOL = "spawn_agent"


@dataclass(slots=True)
class Spawn:
    """One `spawn_agent` call. `child_id` is the id of the subagent's session, None while it is unknown."""

    call_id: str
    ts: Any
    subagent_type: OptionalText
    description: OptionalText
    child_id: str | None
    told: bool = False

    @classmethod
    def of_call(cls, call_id: str, arguments: dict[str, Any], ts: Any) -> Spawn:
        """The spawn of a call with `arguments`, made at `ts`."""
        get = arguments.get
        return cls(
            call_id=call_id,
            ts=ts,
            subagent_type=first_text(get("subagent_type"), get("agent_type"), get("type")) or UNSET,
            description=first_text(get("description"), get("task"), get("prompt")) or UNSET,
            child_id=child_id(arguments),
        )

    def tell(self, rows: list[SessionRelationshipRecord], session_id: str, ts: Any) -> None:
        """Add the row of this spawn to `rows`, once, and only when the child is known."""
        if self.told or self.child_id is None:
            return
        self.told = True
        rows.append(
            SessionRelationshipRecord(
                source="codex",
                session_id=self.child_id,
                relationship_type="subagent",
                related_session_id=session_id,
                parent_tool_use_id=self.call_id,
                agent_id=self.child_id,
                subagent_type=self.subagent_type,
                description=self.description,
                ts=next((time for time in (ts, self.ts) if truthy(time)), UNSET),
            )
        )


def child_id(fields: dict[str, Any]) -> str | None:
    """The id of a child session among `fields`."""
    return first_text(fields.get("agent_id"), fields.get("subagent_id"), fields.get("session_id"))


def child_id_of_output(output: Any) -> str | None:
    """The id of a child session in a tool's output, an object or the JSON text of one."""
    fields = object_of_text(output) if isinstance(output, str) else output
    return child_id(fields) if isinstance(fields, dict) else None


def object_of_text(text: str) -> dict[str, Any] | None:
    """The object that a JSON text holds, None where it holds none."""
    try:
        value = jsjson.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def first_text(*values: Any) -> str | None:
    """The first of `values` that is a text and not empty."""
    return next((value for value in values if isinstance(value, str) and value), None)
