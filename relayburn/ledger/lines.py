"""Ledger lines: how they are written, and how the walk reads them (ledger.md 1, 3 and 6).

In: records in wire form, or the ledger's bytes. Out: JSON text as JavaScript writes it, or the parsed lines of the known
kinds in file order; everything else is skipped. A record passes through unchanged: unknown keys survive, keys keep
their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from relayburn import jsjson
from relayburn.errors import HomeUnreadable
from relayburn.jsnum import MAX_SAFE_INTEGER, is_number
from relayburn.ledger.identity import RECORD_KINDS, Wire
from relayburn.semantics import Semantics
from relayburn.text import trim, utf8

STAMP = "stamp"
KINDS = (*RECORD_KINDS, STAMP)
"""All kinds of ledger lines."""

_PLAIN_TYPES = frozenset({str, bool, type(None)})
_DEEP = 200
_SMALL, _LARGE = 1e-3, 1e15
_ALL_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 16


def joined(lines: Iterable[bytes]) -> bytes:
    """`lines`, each ended by a line feed."""
    return b"\n".join([*lines, b""])


def json_bytes(value: Any) -> bytes:
    """`JSON.stringify(value)` as UTF-8."""
    if type(value) is dict and _is_plain(value, 0):
        try:
            return orjson.dumps(value)
        except orjson.JSONEncodeError:
            pass
    return jsjson.compact(value).encode()


def _is_plain(value: dict[str, Any], depth: int) -> bool:
    """Whether orjson writes `value` as JavaScript does: no number is odd or too long for a double, no key an index."""
    for key, item in value.items():
        # Array indices come first in JavaScript.
        if key.isdecimal():
            return False
        kind = type(item)
        if kind in _PLAIN_TYPES:
            continue
        if kind is int:
            if not -MAX_SAFE_INTEGER <= item <= MAX_SAFE_INTEGER:
                return False
        elif kind is float:
            # Beyond these bounds exponents are written otherwise, and a whole double would get a point.
            if item.is_integer() or not _SMALL < abs(item) < _LARGE:
                return False
        elif kind is dict:
            if depth > _DEEP or not _is_plain(item, depth + 1):
                return False
        elif kind is not list or depth > _DEEP or not _is_plain_list(item, depth + 1):
            return False
    return True


def _is_plain_list(value: list[Any], depth: int) -> bool:
    for item in value:
        if type(item) is dict:
            if not _is_plain(item, depth):
                return False
        elif type(item) is not str:
            return False
    return True


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
        if _LONG_NUMBER in line.translate(_ALL_DIGITS_ALIKE):
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


def walk_kind(path: Path, kind: str, mention: str | None = None) -> Iterator[Wire]:
    """The ledger's lines of one kind in file order, as objects.

    Lines that plainly are of another kind, or plainly do not hold the text `mention`, are not parsed.
    """
    others = tuple(f'{{"v":1,"kind":"{other}",'.encode() for other in KINDS if other != kind)
    # Bytes that are no text read as U+FFFD.
    needle = b"" if mention is None or "\ufffd" in mention else utf8(mention)
    for line in walk_lines(path):
        # A key that came again later would win, so only a line with a single kind is plain.
        if line.startswith(others) and line.count(b'"kind"') == 1:
            continue
        # What is not there in plain may be there escaped.
        if needle not in line and b"\\" not in line:
            continue
        if (known := known_line(line)) is not None and known["kind"] == kind:
            yield known
