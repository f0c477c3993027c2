"""What a recording holds without binding anybody: help texts, descriptions, a version, an engine's words, numbers that vary
(cli.md 1 and 17, mcp.md 2 and 3).

In: a recorded output, its JSON texts as values, and the answer to it. Out: the answer with the recorded value in each
place that is free by a rule below, provided that a value of the same form stands there; all around it must be as
recorded. Each rule is a row: which text of the reference is free, and what may stand in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from relayburn.jsnum import is_number

PROTOCOL = "relayburn.cli"
"""The protocol that most of these rules are of."""

SERVER = "relayburn.mcp"
"""The protocol whose streams are replies; of these rules, it has the words of the reference's JSON engine."""


@dataclass(frozen=True, slots=True)
class FreeText:
    """In the text of a `stream`, what the group `free` of `recorded` matches may be anything that `accepted` matches."""

    stream: str
    recorded: re.Pattern[str]
    accepted: str


_HELP = re.compile(r"(?:\A|(?<=\n\n))burn(?: [a-z-]+)* (?P<free>— [^\n]+\n\nUsage:\n.+)\Z", re.DOTALL)
_ANY_HELP = r"[—-] [^\n]+\n\nUsage:\n(?s:.+)\n"
_JSON_ERROR = re.compile(
    r"(?P<free>(?:Unexpected|Expected|Unterminated|Bad|No number|Exponent)[^\n]*?"
    r"(?:in JSON at position \d+(?: \(line \d+ column \d+\))?|is not valid JSON|end of JSON input))"
)
_ANY_WORDS = r"[^\n]+"

_ENGINE_TEXTS = (FreeText("stderr", _JSON_ERROR, _ANY_WORDS),)

FREE_TEXTS = (
    # Of a help text, the command that it is for is binding, and that it stands in this stream after these lines.
    FreeText("stdout", _HELP, _ANY_HELP),
    FreeText("stderr", _HELP, _ANY_HELP),
    FreeText("stdout", re.compile(r"\A(?P<free>\d+\.\d+\.\d+)\n\Z"), r"\d+\.\d+\.\d+"),
    # What the reference's JavaScript engine says of bad JSON and of a server that cannot be reached.
    *_ENGINE_TEXTS,
    FreeText("stderr", re.compile(r"(?P<free>(?<=\()fetch failed(?=\)))"), _ANY_WORDS),
)
"""Texts whose wording is free."""

FREE_REPLIES = (
    ("*", "result", "serverInfo", "name"),
    ("*", "result", "serverInfo", "version"),
    ("*", "result", "tools", "*", "description"),
    ("*", "result", "tools", "*", "inputSchema", "properties", "*", "description"),
)
"""In the replies of a server, texts whose wording is free: the keys that lead to them, `*` for every element or value."""


@dataclass(frozen=True, slots=True)
class Volatile:
    """A number that `config.volatile` names: where it stands in JSON, and in a report for people.

    A place is the keys that lead to it; in a list, a step chooses the objects whose `path` it matches.
    """

    places: tuple[tuple[str, ...], ...]
    text: FreeText


_SIZE = r"\d+(?:\.\d+)? (?:B|bytes|KB|MB|GB|TB)"

VOLATILE = {
    "size of cursors.json": Volatile(
        (("targets", "*/cursors.json", "bytes"),),
        FreeText("stdout", re.compile(rf"/cursors\.json: 1 file, (?P<free>{_SIZE})\n"), _SIZE),
    ),
    "totals that include it": Volatile(
        (("totals", "bytesFreed"),),
        FreeText("stdout", re.compile(rf"^total: (?:removed )?\d+ files?, (?P<free>{_SIZE})", re.MULTILINE), _SIZE),
    ),
    "sizes of archive.sqlite": Volatile(
        (("beforeBytes",), ("afterBytes",), ("reclaimedBytes",)),
        FreeText("stdout", re.compile(rf"(?P<free>{_SIZE} -> {_SIZE} \(reclaimed {_SIZE})"), f"{_SIZE} -> .+{_SIZE}"),
    ),
}
"""Each kind of number that varies from run to run, by its name in recordings."""


def as_recorded(protocol: str, config: Mapping[str, Any], expected: Any, actual: Any) -> Any:
    """`actual` with what is recorded in `expected` wherever the value is free; itself where it differs in nothing free."""
    if type(expected) is not dict or type(actual) is not dict:
        return actual
    if protocol == SERVER:
        return _as_recorded_server(expected, actual)
    if protocol != PROTOCOL:
        return actual
    named = config.get("volatile")
    volatile = [VOLATILE[name] for name in named if name in VOLATILE] if type(named) is list else []
    answer = dict(actual)
    if "files" not in expected:
        # Files of the home are recorded where they were of interest, which a request does not say.
        answer.pop("files", None)
    for stream in ("stdout", "stderr"):
        rules = [rule for rule in (*FREE_TEXTS, *(number.text for number in volatile)) if rule.stream == stream]
        recorded, said = expected.get(stream), answer.get(stream)
        if type(recorded) is str and type(said) is str and _differs_freely(recorded, said, rules):
            answer[stream] = recorded
    for number in volatile:
        for place in number.places:
            answer["stdout"] = _with_number(expected.get("stdout"), answer.get("stdout"), place)
    return actual if answer == actual else answer


def _as_recorded_server(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Any:
    answer = dict(actual)
    recorded, said = expected.get("stderr"), answer.get("stderr")
    if type(recorded) is str and type(said) is str and _differs_freely(recorded, said, _ENGINE_TEXTS):
        answer["stderr"] = recorded
    for place in FREE_REPLIES:
        answer = _with_text(expected, answer, ("replies", *place))
    return answer


def _with_text(expected: Any, actual: Any, place: tuple[str, ...]) -> Any:
    """A copy of `actual` with the recorded text at `place`, where both have a text there that says something."""
    if not place:
        return expected if type(expected) is type(actual) is str and actual else actual
    step, rest = place[0], place[1:]
    if type(expected) is dict and type(actual) is dict:
        keys = [key for key in actual if key in expected and step in ("*", key)]
        return actual | {key: _with_text(expected[key], actual[key], rest) for key in keys}
    if step == "*" and type(expected) is list and type(actual) is list and len(expected) == len(actual):
        return [_with_text(one, other, rest) for one, other in zip(expected, actual, strict=True)]
    return actual


def _differs_freely(recorded: str, said: str, rules: Sequence[FreeText]) -> bool:
    """Whether `said` is `recorded` but for what is free in it."""
    pattern, at = "", 0
    for start, end, accepted in sorted(_free_places(recorded, rules)):
        if start >= at:
            pattern += re.escape(recorded[at:start]) + f"(?:{accepted})"
            at = end
    return at > 0 and re.fullmatch(pattern + re.escape(recorded[at:]), said) is not None


def _free_places(recorded: str, rules: Sequence[FreeText]) -> Iterator[tuple[int, int, str]]:
    for rule in rules:
        for match in rule.recorded.finditer(recorded):
            yield *match.span("free"), rule.accepted


def _with_number(expected: Any, actual: Any, place: tuple[str, ...]) -> Any:
    """A copy of `actual` with the recorded number at `place`, where both have a number there."""
    if not place:
        return expected if is_number(expected) and is_number(actual) else actual
    step, rest = place[0], place[1:]
    if type(expected) is dict and type(actual) is dict and step in expected and step in actual:
        return actual | {step: _with_number(expected[step], actual[step], rest)}
    if type(expected) is list and type(actual) is list and len(expected) == len(actual):
        return [
            _with_number(one, other, rest) if _is_at(one, step) and _is_at(other, step) else other
            for one, other in zip(expected, actual, strict=True)
        ]
    return actual


def _is_at(item: Any, pattern: str) -> bool:
    path = item.get("path") if type(item) is dict else None
    return type(path) is str and fnmatchcase(path, pattern)
