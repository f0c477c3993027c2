"""The archive as it is at one moment: the files that one manifest names, and a connection to ask them with.

In: a home whose archive was built. Out: answers to SQL over its tables. Nothing is locked: files are never changed, and
one that a newer build has removed in the meantime makes the question be asked again, of the newer archive.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from relayburn.errors import ArchiveUnusable
from relayburn.ledger.archive.copies import COPIES, decisions, stands_beside_a_copy
from relayburn.ledger.archive.database import database, files
from relayburn.ledger.archive.folder import archive_folder
from relayburn.ledger.archive.manifest import Manifest, load_manifest
from relayburn.ledger.home import Home
from relayburn.ledger.tables import TURNS, Table
from relayburn.semantics import Semantics

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST_TRIES = 10
_ROW_BITS = 32
_STREAMED_ROWS = 2048

Rows = list[tuple[Any, ...]]
T = TypeVar("T")


class Snapshot:
    """One archive, open for questions."""

    def __init__(self, folder: Path, manifest: Manifest, connection: DuckDBPyConnection) -> None:
        self.manifest = manifest
        self._folder = folder
        self._connection = connection
        self._knows_copies = False

    def rows(self, query: str, parameters: Sequence[Any] = ()) -> Rows:
        """All rows that a query gives."""
        return self._connection.execute(query, list(parameters)).fetchall()

    def stream(self, query: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """All rows that a query gives, a few at a time."""
        answer = self._connection.cursor().execute(query, list(parameters))
        while rows := answer.fetchmany(_STREAMED_ROWS):
            yield from rows

    def all_rows(self, table: Table) -> str:
        """All rows of a table as SQL, replaced ones included; `place` is a row's position in the ledger."""
        segments = self.manifest.segments
        paths = [self._folder / each.tables[table.name].file for each in segments if table.name in each.tables]
        if not paths:
            columns = ", ".join(f"NULL::{column.type} AS {column.name}" for column in table.columns)
            return f"(SELECT {columns}, NULL::VARCHAR AS line, NULL::BOOLEAN AS odd, 0::BIGINT AS place LIMIT 0)"
        place = f"(file_index::BIGINT << {_ROW_BITS}) + file_row_number AS place"
        return f"(SELECT *, {place} FROM read_parquet({files(paths)}))"

    def newest_rows(self, table: Table) -> str:
        """The rows of a table that count as SQL, the newest of each identity; `first` is the position of the oldest of it."""
        rows = self.all_rows(table)
        newest = f"(SELECT *, place AS first FROM {rows})"
        if table is not TURNS or self.manifest.repeats:
            places = f"SELECT max(place) AS place, min(place) AS first FROM {rows} GROUP BY {', '.join(table.key)}"
            # A left join looks up places for each row; an inner one might hold all rows, to look them up for each place.
            newest = f"(SELECT * FROM {rows} LEFT JOIN ({places}) USING (place) WHERE first IS NOT NULL)"
        if not self.manifest.copied:
            return newest
        turns = self.all_rows(TURNS)
        self._decide_copies(turns)
        if table is TURNS:
            return f"(SELECT * FROM {newest} ANTI JOIN {COPIES} USING (place))"
        return f"(SELECT * FROM {newest} AS r WHERE NOT ({stands_beside_a_copy(table, rows, turns)}))"

    def _decide_copies(self, turns: str) -> None:
        """Find out, once, which turns do not count."""
        if not self._knows_copies:
            for statement in decisions(turns):
                self._connection.execute(statement)
            self._knows_copies = True


def ask(home: Home, question: Callable[[Snapshot], T], *, semantics: Semantics) -> T:
    """What `question` makes of the archive of `home`; an archive that was never built is empty. Raises `ArchiveUnusable`."""
    folder = archive_folder(home, semantics)
    manifest = load_manifest(folder) or Manifest()
    for _ in range(_MOST_TRIES):
        try:
            return _asked(folder, manifest, question)
        except ArchiveUnusable as error:
            newer = load_manifest(folder) or Manifest()
            if newer == manifest:
                raise
            manifest, failed = newer, error
    raise failed


def _asked(folder: Path, manifest: Manifest, question: Callable[[Snapshot], T]) -> T:
    # Not within the archive, which a build may be cleaning up.
    with database(folder, Path(tempfile.gettempdir(), f"relayburn-{os.getpid()}")) as connection:
        return question(Snapshot(folder, manifest, connection))
