"""What is admitted beforehand: differences that are declared, and protocols that are pending.

In: `declared.toml` and `pending.toml`, or the same entries in a subject's handshake. Out: entries that know which
exchanges they speak of. Every entry gives its reason; an entry that turns out to speak of nothing fails the run.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from conformance.errors import EntriesUnusable
from relayburn import jsjson

HERE = Path(__file__).resolve().parent
DECLARED_FILE = HERE / "declared.toml"
PENDING_FILE = HERE / "pending.toml"


class Absent(Enum):
    """The value of what is not there: a key that one side lacks, an element beyond a list's end."""

    ABSENT = "<absent>"

    def __repr__(self) -> str:
        return self.value


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class DeclaredEntry:
    """One difference that is known and meant: at `path` of one exchange, `actual` stands for `expected`."""

    protocol: str
    case: str
    line: int
    path: str
    expected: Any
    actual: Any
    reason: str

    def __str__(self) -> str:
        return f"{self.protocol} {self.case}:{self.line} {self.path}"


@dataclass(frozen=True, slots=True)
class PendingEntry:
    """Protocols still to be written: a name or a pattern (`relayburn.sdk.*`), limited to `cases` where there are any."""

    protocol: str
    reason: str
    cases: frozenset[str] = frozenset()

    def covers(self, protocol: str, case: str) -> bool:
        """Whether this entry speaks of exchanges of `protocol` in `case`."""
        return matches(self.protocol, protocol) and (not self.cases or case in self.cases)

    def __str__(self) -> str:
        return f"{self.protocol} ({', '.join(sorted(self.cases))})" if self.cases else self.protocol


def matches(pattern: str, protocol: str) -> bool:
    """Whether a protocol's name is `pattern`, in which `*` stands for anything."""
    return pattern == protocol or fnmatchcase(protocol, pattern)


def read_declared(file: Path) -> tuple[DeclaredEntry, ...]:
    """The `[[declared]]` entries of a TOML file. Raises `EntriesUnusable`."""
    return declared_entries(_tables(file, "declared"), str(file))


def read_pending(file: Path) -> tuple[PendingEntry, ...]:
    """The `[[pending]]` entries of a TOML file. Raises `EntriesUnusable`."""
    return pending_entries(_tables(file, "pending"), str(file))


def declared_entries(tables: Any, where: str) -> tuple[DeclaredEntry, ...]:
    """Entries of their plain form. A side that is left out is absent; `{json = "null"}` is any JSON value by its text."""
    entries = []
    for table in _checked(tables, where, _DECLARED_KEYS, _DECLARED_OPTIONAL):
        sides = {side: _value(table[side], where) if side in table else ABSENT for side in ("expected", "actual")}
        place = table["protocol"], table["case"], table["line"], table["path"]
        entries.append(DeclaredEntry(*place, sides["expected"], sides["actual"], table["reason"]))
    return tuple(entries)


def pending_entries(tables: Any, where: str) -> tuple[PendingEntry, ...]:
    """Entries of their plain form. Raises `EntriesUnusable`."""
    return tuple(
        PendingEntry(table["protocol"], table["reason"], frozenset(table.get("cases", ())))
        for table in _checked(tables, where, _PENDING_KEYS, _PENDING_OPTIONAL)
    )


_DECLARED_KEYS = {"protocol": str, "case": str, "line": int, "path": str, "reason": str}
_DECLARED_OPTIONAL = {"expected": object, "actual": object}
_PENDING_KEYS = {"protocol": str, "reason": str}
_PENDING_OPTIONAL = {"cases": list}


def _tables(file: Path, name: str) -> Any:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EntriesUnusable(f"{file}: {error}") from error
    unknown = document.keys() - {name}
    if unknown:
        raise EntriesUnusable(f"{file}: unknown key {min(unknown)!r} (expected [[{name}]] entries)")
    return document.get(name, [])


def _checked(
    tables: Any, where: str, required: Mapping[str, type], optional: Mapping[str, type]
) -> list[dict[str, Any]]:
    if not isinstance(tables, list):
        raise EntriesUnusable(f"{where}: entries must be a list")
    for number, table in enumerate(tables, 1):
        if not isinstance(table, dict):
            raise EntriesUnusable(f"{where}, entry {number}: is no table")
        for key, kind in {**required, **optional}.items():
            if key not in table and key in required:
                raise EntriesUnusable(f"{where}, entry {number}: {key} is missing")
            if key in table and not isinstance(table[key], kind):
                raise EntriesUnusable(f"{where}, entry {number}: {key} is no {kind.__name__}")
        unknown = table.keys() - required.keys() - optional.keys()
        if unknown:
            raise EntriesUnusable(f"{where}, entry {number}: unknown key {min(unknown)!r}")
        if not table["reason"].strip():
            raise EntriesUnusable(f"{where}, entry {number}: the reason is empty")
    return tables


def _value(value: Any, where: str) -> Any:
    if not isinstance(value, dict) or value.keys() != {"json"}:
        return value
    try:
        return jsjson.loads(value["json"])
    except (ValueError, TypeError) as error:
        raise EntriesUnusable(f"{where}: {value['json']!r} is no JSON ({error})") from error


def plain(entry: DeclaredEntry | PendingEntry) -> dict[str, Any]:
    """An entry in its plain form, as a handshake holds it."""
    if isinstance(entry, PendingEntry):
        table: dict[str, Any] = {"protocol": entry.protocol, "reason": entry.reason}
        return table | {"cases": sorted(entry.cases)} if entry.cases else table
    table = {key: getattr(entry, key) for key in _DECLARED_KEYS}
    for side in ("expected", "actual"):
        value = getattr(entry, side)
        if value is not ABSENT:
            table[side] = {"json": jsjson.compact(value)}
    return table
