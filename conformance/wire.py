"""The wire between the harness and an external subject: one JSON object a line, in both directions.

In and out: lines, and what they say (docs/conformance.md, "The wire"). Numbers keep their digits, lone surrogates are
escaped, and a number too large for a double is written as one, so no request is lost on the way. Answers are read
leniently (`NaN` is read, and then equals nothing), so that a wrong value is reported as one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from conformance.entries import declared_entries, matches, pending_entries, plain
from conformance.errors import EntriesUnusable
from conformance.pathmap import VIRTUAL_ROOT
from conformance.stages.registry import Request
from conformance.subject import NOTHING_ADMITTED, Admitted, Answer, Answered, Broken, Failed
from relayburn.errors import InvalidExchange
from relayburn.recording.spelling import json_line
from relayburn.semantics import Semantics

VERSION = 1

# Error names that mean an accident in the subject, whatever the reference did. `documented` in the answer overrules.
ACCIDENTS = frozenset(
    {
        *("ArithmeticError", "AssertionError", "AttributeError", "ImportError", "IndexError", "KeyError"),
        *("MemoryError", "ModuleNotFoundError", "NameError", "NotImplementedError", "RangeError", "RecursionError"),
        *("ReferenceError", "StackOverflow", "StopIteration", "SyntaxError", "SystemExit", "TypeError"),
        *("UnboundLocalError", "UnicodeDecodeError", "UnicodeEncodeError", "ZeroDivisionError", "panic"),
    }
)


class Garbage(Exception):
    """A line that is not what should have come; the text says why."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """How a subject introduces itself. `protocols` may hold patterns."""

    name: str
    version: str
    protocols: tuple[str, ...]
    admitted: Admitted = NOTHING_ADMITTED

    def offers(self, protocol: str) -> bool:
        """Whether the subject answers `protocol`."""
        return any(matches(pattern, protocol) for pattern in self.protocols)


def start_line(root: Path) -> bytes:
    """The harness's first line."""
    return json_line({"start": VERSION, "root": str(root), "virtual_root": VIRTUAL_ROOT})


def read_start(line: bytes) -> Path:
    """The working copy named by the harness's first line. Raises `Garbage`."""
    message = read_object(line)
    if message.get("start") != VERSION:
        raise Garbage(f"expected the start of wire version {VERSION}, got {excerpt(line)}")
    return Path(message["root"])


def handshake_line(handshake: Handshake) -> bytes:
    """The subject's first line."""
    message: dict[str, Any] = {
        "start": VERSION,
        "name": handshake.name,
        "version": handshake.version,
        "protocols": list(handshake.protocols),
    }
    for key, entries in (("declared", handshake.admitted.declared), ("pending", handshake.admitted.pending)):
        if entries:
            message[key] = [plain(entry) for entry in entries]
    return json_line(message)


def read_handshake(line: bytes) -> Handshake:
    """How the subject introduces itself. Raises `Garbage` where the line says something else."""
    message = read_object(line)
    name, version, protocols = message.get("name"), message.get("version"), message.get("protocols")
    if message.get("start") != VERSION:
        raise Garbage(f'the handshake must say "start": {VERSION}, got {excerpt(line)}')
    if not isinstance(name, str) or not isinstance(version, str):
        raise Garbage(f"the handshake lacks name or version: {excerpt(line)}")
    if not isinstance(protocols, list) or not all(isinstance(protocol, str) for protocol in protocols):
        raise Garbage(f"the handshake lacks the list of protocols: {excerpt(line)}")
    try:
        declared = declared_entries(message.get("declared", []), "handshake, declared")
        pending = pending_entries(message.get("pending", []), "handshake, pending")
    except EntriesUnusable as error:
        raise Garbage(str(error)) from error
    return Handshake(name, version, tuple(protocols), Admitted(declared, pending))


def request_line(number: int, request: Request) -> bytes:
    """One request; the paths of its input files are relative to `root`."""
    inputs = [{"path": path} for path in request.inputs]
    return json_line(
        {
            "id": number,
            "protocol": request.protocol,
            "semantics": request.semantics.name,
            "root": str(request.root),
            "request": {"input": inputs, "config": request.config, "args": request.args},
        }
    )


def read_request(line: bytes) -> tuple[Any, Request]:
    """The number and the request of a line. Raises `Garbage`."""
    message = read_object(line)
    try:
        body = message["request"]
        paths = tuple(item["path"] for item in body["input"])
        semantics = Semantics.named(message["semantics"])
        root = Path(message["root"])
        return message["id"], Request(message["protocol"], body["args"], body["config"], paths, root, semantics)
    except (KeyError, TypeError, ValueError) as error:
        raise Garbage(f"no request ({error}): {excerpt(line)}") from error


def answer_line(number: Any, answer: Answer) -> bytes:
    """One answer."""
    message: dict[str, Any] = {"id": number}
    match answer:
        case Answered(output, side):
            message["output"] = output
        case Failed(name, text, side):
            message["error"] = {"name": name, "message": text, "documented": True}
        case Broken(kind, text):
            message["error"] = {"name": kind, "message": text, "documented": False}
            side = None
    if side is not None:
        message["side"] = side
    try:
        return json_line(message)
    except InvalidExchange:
        # NaN, and Python objects that are no JSON: sent as they can be, so that the harness sees what is wrong.
        return json.dumps(message, default=repr, skipkeys=True).encode()


def read_answer(line: bytes, number: int) -> Answer:
    """What the subject answered to request `number`. Raises `Garbage` where the line is no answer to it."""
    message = read_object(line)
    if type(message.get("id")) is not int or message["id"] != number:
        raise Garbage(f"answered id {message.get('id')!r} while {number} was asked")
    if ("output" in message) == ("error" in message):
        raise Garbage(f"an answer holds either output or error: {excerpt(line)}")
    side = message.get("side")
    if "output" in message:
        return Answered(message["output"], side)
    error = message["error"]
    name = error.get("name") if isinstance(error, dict) else None
    text = error.get("message") if isinstance(error, dict) else None
    if not isinstance(name, str) or not isinstance(text, str):
        raise Garbage(f"an error holds name and message: {excerpt(line)}")
    documented = error.get("documented", name not in ACCIDENTS)
    return Failed(name, text, side) if documented is True else Broken("crash", f"{name}: {text}")


def read_object(line: bytes) -> dict[str, Any]:
    """The JSON object of a line. Raises `Garbage`."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        value = _read_leniently(line)
    if not isinstance(value, dict):
        raise Garbage(f"no JSON object: {excerpt(line)}")
    return value


def _read_leniently(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Garbage(f"no JSON: {excerpt(line)}") from error


def excerpt(line: bytes, length: int = 120) -> str:
    """The start of a line, as a message can show it."""
    text = line[:length].decode("utf-8", errors="replace")
    return repr(text if len(line) <= length else f"{text}...")
