"""The harnesses whose logs are read, one row each.

A row says how logs are made up, how our reader is called, what decoding them costs at least, and which texts in
them must be counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

from conformance.bench.claude_logs import claude_logs
from conformance.bench.codex_logs import codex_logs
from conformance.bench.invention import Log
from conformance.bench.opencode_trees import opencode_trees
from relayburn.reader.claude import ClaudeOptions, parse_claude_session
from relayburn.reader.codex import CodexOptions, parse_codex_session
from relayburn.reader.opencode import OpencodeOptions, parse_opencode_session
from relayburn.semantics import Semantics


class Source(Protocol):
    """The JSON values of one log; going through `values` is the floor of reading it. `size` is in bytes."""

    size: int

    def values(self) -> Iterator[Any]:
        """Decode everything."""
        ...


class Lines:
    """A log of JSON lines, which are in memory."""

    def __init__(self, log: Path) -> None:
        data = log.read_bytes()
        self.size = len(data)
        self._lines = data.splitlines()

    def values(self) -> Iterator[Any]:
        """Each line's value."""
        return map(orjson.loads, self._lines)


class Files:
    """The files of one session in a storage tree, three folders up from its session file: one value each, read anew."""

    def __init__(self, log: Path) -> None:
        tree = log.parents[2]
        messages = list((tree / "message" / log.stem).iterdir())
        parts = [part for message in messages for part in (tree / "part" / message.stem).glob("*.json")]
        paths = [log, *messages, *parts]
        self.size = sum(path.stat().st_size for path in paths)
        self._paths = [str(path) for path in paths]

    def values(self) -> Iterator[Any]:
        """Each file's value."""
        for path in self._paths:
            with open(path, "rb") as file:  # noqa: PTH123 - the floor is what costs least
                yield orjson.loads(file.read())


@dataclass(frozen=True, slots=True)
class Harness:
    """How the logs of one harness are made up from a seed and a size, and read.

    `read` takes a log, a tokenizer and semantics. `counted` gives the texts, among all values of a log, whose tokens are
    counted.
    """

    name: str
    logs: Callable[[int, int], Iterator[Log]]
    read: Callable[[Path, str, Semantics], object]
    source: Callable[[Path], Source]
    counted: Callable[[Sequence[Any]], Iterator[str]]


def _read_claude(log: Path, tokenizer: str, semantics: Semantics) -> object:
    return parse_claude_session(log, ClaudeOptions(tokenizer=tokenizer), semantics=semantics)


def _counted_in_claude(lines: Sequence[Any]) -> Iterator[str]:
    for line in lines:
        if line["type"] != "user":
            continue
        content = line["message"]["content"]
        if isinstance(content, str):
            yield content
            continue
        for block in content:
            yield _measured(block["content"])


def _read_codex(log: Path, tokenizer: str, semantics: Semantics) -> object:
    return parse_codex_session(log, CodexOptions(tokenizer=tokenizer), semantics=semantics)


def _counted_in_codex(lines: Sequence[Any]) -> Iterator[str]:
    for line in lines:
        payload = line["payload"]
        if "output" in payload:
            yield _measured(payload["output"])
        elif payload.get("role") == "user" and not (text := payload["content"][0]["text"]).startswith("# AGENTS.md"):
            yield text


def _read_opencode(log: Path, tokenizer: str, semantics: Semantics) -> object:
    return parse_opencode_session(log, OpencodeOptions(tokenizer=tokenizer), semantics=semantics)


def _counted_in_opencode(values: Sequence[Any]) -> Iterator[str]:
    prompts = {value["id"] for value in values if value.get("role") == "user"}
    for value in values:
        if value.get("type") == "tool":
            yield _measured(value["state"]["output"])
        elif value.get("type") == "text" and value["messageID"] in prompts:
            yield value["text"]


def _measured(content: Any) -> str:
    return content if isinstance(content, str) else orjson.dumps(content).decode()


HARNESSES = {
    "claude": Harness("Claude Code", claude_logs, _read_claude, Lines, _counted_in_claude),
    "codex": Harness("Codex", codex_logs, _read_codex, Lines, _counted_in_codex),
    "opencode": Harness("OpenCode", opencode_trees, _read_opencode, Files, _counted_in_opencode),
}
