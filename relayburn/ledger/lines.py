"""Ledger lines: how they are written, and how the walk reads them (ledger.md 1, 3 and 6).

In: records in wire form, or the ledger's bytes. Out: JSON text as JavaScript writes it, or the parsed lines of the known
kinds in file order; everything else is skipped. A record passes through unchanged: unknown keys survive, keys keep
their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from relayburn import jsjson
from relayburn.errors import HomeUnreadable
from relayburn.jsnum import is_number
from relayburn.ledger.identity import RECORD_KINDS, Wire
from relayburn.semantics import Semantics
from relayburn.text import trim

STAMP = "stamp"
KINDS = (*RECORD_KINDS, STAMP)
"""All kinds of ledger lines."""

# Numbers and keys that JavaScript writes otherwise than orjson: exponents, whole doubles, what is not exact in a
# double, array indices as keys. A false alarm inside a text costs time only.
_WRITTEN_OTHERWISE = re.compile(rb'[:\[,]-?[0-9]+(?:\.0[,}\]]|(?:\.[0-9]+)?[eE]|[0-9]{15})|"[0-9]+":')
_LONG_NUMBER = re.compile(rb"[0-9]{16}")


def json_bytes(value: Any) -> bytes:
    """`JSON.stringify(value)` as UTF-8."""
    try:
        text = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return jsjson.compact(value).encode()
    return jsjson.compact(value).encode() if _WRITTEN_OTHERWISE.search(text) else text


def line_head(kind: str, semantics: Semantics) -> bytes:
    """How a line of `kind` begins, up to where its payload stands. Lines of the reference say nothing of semantics."""
    marker = "" if semantics.name == "ts-1.10" else f'"semantics":"{semantics.name}",'
    return f'{{"v":1,"kind":"{kind}",{marker}'.encode()


def walk_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file without their ends; LF, CRLF and a lone CR end one. None where there is no file.

    Raises `HomeUnreadable`.
    """
    try:
        with path.open("rb") as file:
            for line in file:
                if b"\r" in line:
                    # On bytes, unlike on str, splitlines knows only these three ends.
                    yield from line.splitlines()
                else:
                    yield line.rstrip(b"\n")
    except FileNotFoundError:
        return
    except OSError as cause:
        raise HomeUnreadable(path, cause) from cause


def parse_line(line: bytes) -> Any:
    """The JSON value of a line, trimmed as JavaScript does. Raises `ValueError` where there is none."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        value = jsjson.as_doubles(jsjson.loads_slowly(trim(line.decode(errors="replace"))))
    else:
        if _LONG_NUMBER.search(line):
            value = jsjson.as_doubles(value)
    return value


def known_line(line: bytes) -> Wire | None:
    """The line as an object of a known kind, None for any other line."""
    if not line:
        return None
    try:
        value = parse_line(line)
    except ValueError:
        return None
    return value if is_known(value) else None


def is_known(value: Any) -> bool:
    """Whether a parsed line is one of ours: an object of version 1 and a known kind, with a record where it needs one."""
    if type(value) is not dict or not is_number(version := value.get("v")) or version != 1:
        return False
    kind = value.get("kind")
    if kind == STAMP:
        return True
    return type(kind) is str and kind in RECORD_KINDS and type(value.get("record")) is dict


def walk(path: Path) -> Iterator[Wire]:
    """The ledger's lines of known kinds in file order, as objects."""
    for line in walk_lines(path):
        if (known := known_line(line)) is not None:
            yield known


def walk_kind(path: Path, kind: str) -> Iterator[Wire]:
    """The ledger's lines of one kind in file order, as objects; lines that plainly are of another are not parsed."""
    others = tuple(f'{{"v":1,"kind":"{other}",'.encode() for other in KINDS if other != kind)
    for line in walk_lines(path):
        # A key that came again later would win, so only a line with a single kind is plain.
        if line.startswith(others) and line.count(b'"kind"') == 1:
            continue
        if (known := known_line(line)) is not None and known["kind"] == kind:
            yield known
