"""What a tool is: its name, what it takes, and what answers a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.mcp.inquirer import Inquirer

Answer = Callable[[Inquirer, Any], dict[str, Any]]
"""Takes a call's arguments as they were sent. Raises `RelayburnError`, whose text is what the client is told."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: its name and description, the JSON schema of its arguments, and what answers a call."""

    name: str
    description: str
    schema: Mapping[str, Any]
    answer: Answer

    def told(self) -> dict[str, Any]:
        """How a client is told of it."""
        return {"name": self.name, "description": self.description, "inputSchema": self.schema}


def object_schema(properties: Mapping[str, Any], required: Sequence[str] = ()) -> dict[str, Any]:
    """The schema of an object of `properties` and no others."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
