"""The lines of one range of the ledger, sorted by table.

In: bytes that end at a line end, block after block. Out: one file of plain lines a table, for DuckDB; one file of rows for
the odd lines, which Python reads as the walk would; and what was counted on the way (archive.md 4). Nothing is lost
silently: a line is plain, odd, blank, of no table, or malformed, and all are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import orjson

from relayburn import jsjson
from relayburn.ledger.archive.plain_lines import KIND_OF_TYPE, TURN_LINE, PlainLines
from relayburn.ledger.archive.refusals import Refusals
from relayburn.ledger.lines import is_known, joined
from relayburn.ledger.private_files import append_bytes
from relayburn.ledger.tables import STAMPS, TABLE_OF_KIND, TABLES, Table, Wire, part
from relayburn.records import UNSET
from relayburn.semantics import Semantics
from relayburn.text import trim, utf8_length


@dataclass(slots=True)
class SortedTable:
    """One table's lines: the files they are in, and how many of each there are. `longest` is the longest odd row, in bytes."""

    table: Table
    plain_path: Path
    odd_path: Path
    plain: int = 0
    odd: int = 0
    longest: int = 0

    @property
    def rows(self) -> int:
        """How many rows the table gets."""
        return self.plain + self.odd


@dataclass(slots=True)
class Counts:
    """What a range holds. Bytes are counted as the reference does: those of lines that parse, their ends included.

    `odd` are records that were read in Python, `foreign` those written under other semantics, `foreign_turns` the turns
    among them.
    """

    scanned_bytes: int = 0
    lines: int = 0
    blank: int = 0
    malformed: int = 0
    odd: int = 0
    foreign: int = 0
    foreign_turns: int = 0
    sessions: set[str] = field(default_factory=set)
    stamps: list[Wire] = field(default_factory=list)


class Sorting:
    """Sorts the range that begins at byte `start` of the ledger into files in `folder`, which must be empty.

    `drift` is by how many bytes the count of what came before differs from the truth: under ts-1.10 a byte that is not UTF-8
    is taken for three.
    """

    def __init__(self, folder: Path, start: int, semantics: Semantics, drift: int = 0) -> None:
        self.tables = {
            table.name: SortedTable(table, folder / f"{table.name}.jsonl", folder / f"{table.name}-odd.jsonl")
            for table in TABLES
        }
        self.counts = Counts()
        self.refusals = Refusals()
        self.parsed_to: int | None = None
        """The byte after the last line that parsed, as the reference counts bytes; None where none did."""
        self.start = self.end = start
        self.drift = drift
        self._semantics = semantics
        self._marker = semantics.name if semantics.whole_archive else UNSET
        self._plain_lines = PlainLines()
        self._hash = sha256()

    @property
    def sha256(self) -> str:
        """The hash of all bytes so far, in hex."""
        return self._hash.hexdigest()

    def take(self, block: bytes) -> None:
        """Sort the lines of `block`, which ends with a line feed and goes on where the last one ended."""
        self._hash.update(block)
        plain: dict[str, list[bytes]] = {kind: [] for kind in TABLE_OF_KIND}
        odd: dict[str, list[bytes]] = {kind: [] for kind in TABLE_OF_KIND}
        keep = {line_type: plain[kind].append for line_type, kind in KIND_OF_TYPE.items()}
        sessions, marker = self.counts.sessions, self._marker
        count = foreign = foreign_turns = 0
        drift_before, at = self.drift, self.end
        unparsed: dict[int, int] = {}
        for count, (line, found) in enumerate(self._plain_lines.of(block), 1):
            if found is not None:
                line_type = type(found)
                keep[line_type](line)
                if line_type is TURN_LINE:
                    sessions.add(found.record.session_id)
                if found.semantics != marker:
                    foreign += 1
                    foreign_turns += line_type is TURN_LINE
            else:
                drift = self.drift
                if not self._read(line, at, plain, odd):
                    unparsed[count] = len(line) + 1 + self.drift - drift
            at += len(line) + 1
        self.end = at
        self.counts.lines += count
        self.counts.foreign += foreign
        self.counts.foreign_turns += foreign_turns
        self.counts.scanned_bytes += len(block) + self.drift - drift_before - sum(unparsed.values())
        if len(unparsed) < count:
            self.parsed_to = at + self.drift - _trailing(unparsed, count)
        self._write(plain, odd)

    def _read(self, line: bytes, at: int, plain: dict[str, list[bytes]], odd: dict[str, list[bytes]]) -> bool:
        """Read an odd line, which begins at byte `at`, in Python; whether there is JSON in it."""
        text = line.decode(errors="replace")
        begins = at + self.drift
        if not self._semantics.whole_archive:
            self.drift += utf8_length(text) - len(line)
        parsed = False
        for each in self._lines_in(text):
            try:
                value = jsjson.as_doubles(jsjson.loads(each))
            except ValueError:
                self.counts.malformed += 1
                continue
            parsed = True
            if is_known(value):
                self._keep(value, each, begins, plain, odd)
        return parsed

    def _lines_in(self, text: str) -> Iterator[str]:
        """The line without what JavaScript trims. The walk, unlike the reference's archive, also ends lines at a CR."""
        parts = text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if self._semantics.whole_archive else [text]
        trimmed = [trimmed for each in parts if (trimmed := trim(each))]
        if not trimmed:
            self.counts.blank += 1
        yield from trimmed

    def _keep(
        self, value: Wire, text: str, begins: int, plain: dict[str, list[bytes]], odd: dict[str, list[bytes]]
    ) -> None:
        kind = value["kind"]
        table = TABLE_OF_KIND[kind]
        record = value["record"] if table is not STAMPS else value | {"ledger_offset_bytes": begins}
        row = table.row(record)
        after = self.tables[table.name].plain + len(plain[kind])
        row |= {"line": text, "after": after, "nth": self.tables[table.name].odd + len(odd[kind])}
        odd[kind].append(orjson.dumps(row))
        self.refusals.note(kind, record)
        if table is STAMPS:
            self.counts.stamps.append(value)
            return
        self.counts.odd += 1
        is_foreign = value.get("semantics", UNSET) != self._marker
        self.counts.foreign += is_foreign
        self.counts.foreign_turns += is_foreign and kind == "turn"
        if kind == "turn" and type(session := part(record, "sessionId")) is str:
            self.counts.sessions.add(session)

    def _write(self, plain: dict[str, list[bytes]], odd: dict[str, list[bytes]]) -> None:
        for kind, table in TABLE_OF_KIND.items():
            sorted_table = self.tables[table.name]
            if plain[kind]:
                append_bytes(sorted_table.plain_path, joined(plain[kind]))
                sorted_table.plain += len(plain[kind])
            if odd[kind]:
                append_bytes(sorted_table.odd_path, joined(odd[kind]))
                sorted_table.odd += len(odd[kind])
                sorted_table.longest = max(sorted_table.longest, *map(len, odd[kind]))


def _trailing(lengths: dict[int, int], last: int) -> int:
    """The length of the lines up to the line `last` that have one in `lengths`, without a gap."""
    total = 0
    while last in lengths:
        total += lengths[last]
        last -= 1
    return total
