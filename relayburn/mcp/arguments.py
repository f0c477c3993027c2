"""What the arguments of a tool may be, and what is said of those that may not (mcp.md 5).

In: the parameters of a tool, each a row. Out: the JSON schema that clients are told, and the check of a call, which says of
the first thing that is wrong which it is. A null is not an argument that is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from relayburn.errors import InvalidOption
from relayburn.jsnum import is_number
from relayburn.mcp.tools import object_schema

MOST = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Kind:
    """What an argument may be: its JSON schema, whether a value is one, and what else it must be in words.

    `least` is how many there must be of something, which may be missing otherwise.
    """

    schema: dict[str, Any]
    holds: Callable[[Any], bool]
    must: str
    least: int = 0

    def fault(self, value: Any) -> str | None:
        """What `value` must, and does not."""
        if not self.holds(value):
            return self.must
        return self.lack if self.least and len(value) < self.least else None

    @property
    def lack(self) -> str:
        """What is said where there are too few."""
        return f"contain at least {self.least} strings"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument, and what it says."""

    name: str
    kind: Kind
    description: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """All arguments of the tool that is called `of` in what is said of them; `required` must be there."""

    of: str
    rows: Sequence[Parameter]
    required: Sequence[str] = ()

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the arguments."""
        properties = {row.name: {**row.kind.schema, "description": row.description} for row in self.rows}
        return object_schema(properties, self.required)

    def checked(self, arguments: Any) -> dict[str, Any]:
        """`arguments`, which are as they should be. Raises `InvalidOption`."""
        if not isinstance(arguments, dict):
            raise InvalidOption(f"{self.of}: input must be an object")
        names = [row.name for row in self.rows]
        for name in arguments:
            if name not in names:
                raise InvalidOption(f"{self.of}: unknown property {name}")
        for row in self.rows:
            fault = row.kind.lack if row.name in self.required else None
            if row.name in arguments:
                fault = row.kind.fault(arguments[row.name])
            if fault is not None:
                raise InvalidOption(f"{self.of}: {row.name} must {fault}")
        return arguments


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _holds_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_whole(value: Any) -> bool:
    return is_number(value) and 0 <= value <= MOST and value == int(value)


TEXT = Kind({"type": "string"}, _is_text, "be a string")
TEXTS = Kind({"type": "array", "items": {"type": "string"}}, _are_texts, "be an array of strings")
TEXTS_BY_NAME = Kind(
    {"type": "object", "additionalProperties": {"type": "string"}},
    _holds_texts,
    "be an object with string values",
)
FLAG = Kind({"type": "boolean"}, lambda value: isinstance(value, bool), "be a boolean")


def whole_number(least: int) -> Kind:
    """A number of 32 bits without a fraction. What is below `least` is refused by whoever knows why."""
    schema = {"type": "integer", "minimum": least, "maximum": MOST}
    return Kind(schema, _is_whole, "be a 32-bit unsigned integer")


def one_of(*choices: str) -> Kind:
    """One of some texts."""
    return Kind(
        {"type": "string", "enum": list(choices)}, lambda value: value in choices, f"be one of {', '.join(choices)}"
    )


def at_least(count: int) -> Kind:
    """A list of so many texts, or more."""
    return Kind({**TEXTS.schema, "minItems": count}, TEXTS.holds, TEXTS.must, count)
