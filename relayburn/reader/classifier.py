"""What a turn was about: testing, coding, git, debugging, ...

In: a turn's tool calls, the text around it, whether a tool failed, its reasoning tokens. Out: one of 18 activities, the
number of retries and whether files were edited (classifier.md 2-8). A pure function of these inputs: ids, argument
hashes and the calls' own error marks do not matter.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from relayburn.jsnum import to_number
from relayburn.reader import activity_rules as rules
from relayburn.records import ToolCall


@dataclass(frozen=True, slots=True)
class Activity:
    """How a turn is classified. `retries` and `has_edits` are given whatever the activity is."""

    activity: str
    retries: int
    has_edits: bool


def classify_activity(
    tool_calls: Sequence[ToolCall], text: str, has_failed_tool: bool, reasoning_tokens: Any = 0
) -> Activity:
    """Classify one turn: the first rule of classifier.md 5 that fires names the activity.

    `text` is the user's and the assistant's text, joined; `reasoning_tokens` may be any JSON value.
    """
    names = _tool_names(tool_calls)
    edits = [call for call, name in zip(tool_calls, names, strict=True) if name in rules.EDIT_TOOLS]
    retries = _count_retries(names)
    if not rules.DELEGATION_TOOLS.isdisjoint(names):
        activity = "delegation"
    elif rules.PLAN_TOOL in names:
        activity = "planning"
    elif edits:
        activity = _edit_activity(edits, retries, text, has_failed_tool)
    elif has_failed_tool:
        activity = "debugging"
    else:
        commands = (call.target for call, name in zip(tool_calls, names, strict=True) if name == rules.BASH_TOOL)
        activity = (
            _commands_activity(commands)
            or _keyword_activity(text, rules.KEYWORDS)
            or ("exploration" if tool_calls else _idle_activity(text, reasoning_tokens))
        )
    return Activity(activity, retries, bool(edits))


def normalize_tool_name(name: str) -> str:
    """The canonical name of a tool; a name without one is given back as it is."""
    return rules.TOOL_ALIASES.get(name, name)


def count_retries(tool_calls: Iterable[ToolCall]) -> int:
    """How often an edit followed a shell command that followed an edit."""
    return _count_retries(_tool_names(tool_calls))


def _tool_names(tool_calls: Iterable[ToolCall]) -> list[str]:
    """The canonical names, in order; what is not a text, in an ill-formed stored call, names no known tool."""
    return [normalize_tool_name(call.name) if isinstance(call.name, str) else "" for call in tool_calls]


def _count_retries(names: Iterable[str]) -> int:
    retries = 0
    seen_edit = bash_since = False
    for name in names:
        if name in rules.EDIT_TOOLS:
            if bash_since:
                retries += 1
                bash_since = False
            seen_edit = True
        elif name == rules.BASH_TOOL:
            bash_since = seen_edit
    return retries


def _edit_activity(edits: Sequence[ToolCall], retries: int, text: str, has_failed_tool: bool) -> str:
    if has_failed_tool or retries >= rules.DEBUGGING_RETRIES:
        return "debugging"
    if all(_is_document(call.target) for call in edits):
        return "docs"
    return _keyword_activity(text, rules.EDIT_KEYWORDS) or "coding"


def _is_document(target: Any) -> bool:
    return isinstance(target, str) and bool(rules.DOCUMENT_PATH.search(target) or rules.DOCUMENT_FOLDER.search(target))


def _commands_activity(commands: Iterable[Any]) -> str | None:
    """The activity of the first command that shows one."""
    for command in commands:
        if isinstance(command, str) and (activity := _command_activity(command)):
            return activity
    return None


def _command_activity(command: str) -> str | None:
    command = rules.ENVIRONMENT_PREFIX.sub("", command, count=1)
    words = _COMMAND_HEADS.intersection(_ascii_words(command.encode("utf-8", "surrogatepass")))
    if not words:
        return None
    for family in rules.BASH_FAMILIES:
        for row in family.commands:
            if not words.isdisjoint(row.heads) and row.found_in(command):
                return family.activity
    return None


def _idle_activity(text: str, reasoning_tokens: Any) -> str:
    activity = _keyword_activity(text, rules.IDLE_KEYWORDS)
    return activity or ("reasoning" if to_number(reasoning_tokens) > 0 else "conversation")


def _keyword_activity(text: str, order: rules.KeywordOrder) -> str | None:
    """The activity of the first family of `order` that speaks in `text`, without regard to ASCII case."""
    words = order.vocabulary.intersection(_lowered_words(text))
    if not words:
        return None
    for keywords in order.families:
        if not words.isdisjoint(keywords.words):
            return keywords.activity
        for phrase, pattern in keywords.phrases:
            if phrase <= words and pattern.search(_lowered(text).decode("utf-8", "surrogatepass")):
                return keywords.activity
    return None


@lru_cache(maxsize=8)
def _lowered_words(text: str) -> list[bytes]:
    """The words of `text`, kept for a few texts because one prompt stays over many turns without a text of their own."""
    return _ascii_words(_lowered(text))


def _lowered(text: str) -> bytes:
    # Bytes know ASCII case only, as the rules do: str.lower() would turn the Kelvin sign into a k.
    return text.encode("utf-8", "surrogatepass").lower()


def _ascii_words(text: bytes) -> list[bytes]:
    """The maximal runs of ASCII letters, digits and `_`: what lies between two `\\b`."""
    return text.translate(_WORDS_APART).split()


_WORD_BYTES = frozenset((string.ascii_letters + string.digits + "_").encode())
_WORDS_APART = bytes(byte if byte in _WORD_BYTES else 0x20 for byte in range(256))
_COMMAND_HEADS = frozenset[bytes]().union(*(row.heads for family in rules.BASH_FAMILIES for row in family.commands))
