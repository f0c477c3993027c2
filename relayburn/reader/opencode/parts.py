"""What the parts of one message say, told once for all the records that are made of it.

In: the JSON values of a message's parts, in any order. Out: `Parts`, with texts and tools in part order
(reader-opencode.md 4, 5, 7 and 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

from msgspec import Struct

from relayburn.errors import NullPart
from relayburn.jsnum import is_number
from relayburn.reader.opencode.coercion import js_order
from relayburn.reader.user_turn import measured_text
from relayburn.records import UNSET, UnsetType
from relayburn.text import code_unit_key


class TextPart(Struct, frozen=True, gc=False):
    """A non-empty text; a synthetic one was written by the harness."""

    text: str
    synthetic: bool


class ToolPart(Struct, frozen=True, gc=False):
    """A tool call with a text call id, possibly empty, and what came of it.

    `output` is `UNSET` while there is none; `measured` is the text by which it is counted and hashed.
    """

    id: Any
    call_id: str
    name: Any
    input: Any
    output: Any
    measured: str
    failed: bool

    @property
    def is_call(self) -> bool:
        """True when the part names its tool, so that it counts as a call."""
        return isinstance(self.name, str)


class Parts(Struct, frozen=True, gc=False):
    """The parts of one message.

    `pieces` are texts and tools in part order. `step_tokens` are the tokens that its steps reported, unchecked.
    `finished` is true when a step has ended, `compacts` when the message asks for a compaction.
    """

    pieces: list[TextPart | ToolPart]
    texts: list[TextPart]
    tools: list[ToolPart]
    step_tokens: list[Any]
    stop_reason: str | UnsetType
    finished: bool
    compacts: bool

    @property
    def prose(self) -> str:
        """What the user or the assistant wrote: the texts that are not synthetic, one a line."""
        return "\n".join(part.text for part in self.texts if not part.synthetic)

    @property
    def with_output(self) -> list[ToolPart]:
        """The tools that have an output, whatever it is."""
        return [part for part in self.tools if part.output is not UNSET]

    @property
    def terminal(self) -> list[ToolPart]:
        """The tools that have an output and a non-empty call id."""
        return [part for part in self.tools if part.output is not UNSET and part.call_id]


def read_parts(values: Sequence[Any]) -> Parts:
    """The parts of a message, from the JSON values of its parts. Raises `NullPart` when one is null."""
    pieces: list[TextPart | ToolPart] = []
    texts: list[TextPart] = []
    tools: list[ToolPart] = []
    step_tokens: list[Any] = []
    stop_reason: str | UnsetType = UNSET
    finished = compacts = False
    for part in in_id_order(values):
        if type(part) is not dict:
            continue
        kind = part.get("type")
        if kind == "tool":
            call_id = part.get("callID")
            if type(call_id) is str:
                tool = _tool_part(part, call_id)
                pieces.append(tool)
                tools.append(tool)
        elif kind == "text":
            written = part.get("text")
            if type(written) is str and written:
                text = TextPart(written, part.get("synthetic") is True)
                pieces.append(text)
                texts.append(text)
        elif kind == "step-finish":
            finished = True
            step_tokens.append(part.get("tokens", UNSET))
            if type(reason := part.get("reason")) is str:
                stop_reason = reason
        elif kind == "compaction":
            compacts = True
    return Parts(pieces, texts, tools, step_tokens, stop_reason, finished, compacts)


def _tool_part(part: dict[str, Any], call_id: str) -> ToolPart:
    state = part.get("state")
    if type(state) is not dict:
        state = {}
    arguments = state.get("input")
    output = state.get("output", UNSET)
    return ToolPart(
        part.get("id"),
        call_id,
        part.get("tool"),
        {} if arguments is None else arguments,
        output,
        measured_text(output),
        state.get("status") == "error" or _exited_badly(state.get("metadata")),
    )


def _exited_badly(metadata: Any) -> bool:
    if type(metadata) is not dict:
        return False
    code = metadata.get("exit")
    return is_number(code) and code != 0


def in_id_order(values: Sequence[Any]) -> list[Any]:
    """Part values by their `id` as JavaScript compares them; parts without one come first, equal ones keep their order.

    Raises `NullPart` when a part is null.
    """
    if None in values:
        raise NullPart("a part of a message is null")
    ids = [value.get("id", "") if type(value) is dict else "" for value in values]
    try:
        plain = "".join(ids).isascii()
    except TypeError:  # an id that is no text
        keys = [_BY_JS_ORDER("" if part_id is None else part_id) for part_id in ids]
    else:
        keys = ids if plain else [code_unit_key(part_id) for part_id in ids]
    return [values[index] for index in sorted(range(len(keys)), key=keys.__getitem__)]


_BY_JS_ORDER = cmp_to_key(js_order)
