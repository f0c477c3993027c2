"""Segments: the tables of one range of the ledger as immutable Parquet files.

In: a range's lines, sorted into files. Out: one Parquet file a table, rows in ledger order, under a name made of the table,
the range and its hash; and of several neighbouring segments, one. DuckDB does the reading and writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from relayburn.errors import ArchiveUnusable, HomeUnwritable
from relayburn.ledger.archive.copies import COPY_KEY, with_copy_keys
from relayburn.ledger.archive.database import files, literal
from relayburn.ledger.archive.manifest import Segment, TableFile
from relayburn.ledger.archive.plain_lines import LONGEST
from relayburn.ledger.archive.sorting import SortedTable, Sorting
from relayburn.ledger.private_files import sync_file
from relayburn.ledger.tables import TABLES, TURNS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OPTIONS = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 8192)"
_FILE_MODE = 0o600
# DuckDB reads a file in buffers of twice this size, each by one thread.
_OBJECT_BYTES = 2 * LONGEST
_HASH_DIGITS = 12
_TABLES_AT_ONCE = 3


def write_segment(connection: DuckDBPyConnection, folder: Path, sorting: Sorting) -> Segment:
    """The segment of the range that `sorting` holds, in `folder`.

    Raises `ArchiveUnusable`, `HomeUnwritable`.
    """
    with ThreadPoolExecutor(_TABLES_AT_ONCE) as pool:
        written = pool.map(
            lambda found: _write_table(connection, folder, sorting, found),
            [found for found in sorting.tables.values() if found.rows],
        )
        tables = dict(written)
    counts = sorting.counts
    return Segment(
        start=sorting.start,
        end=sorting.end,
        sha256=sorting.sha256,
        lines=counts.lines,
        odd=counts.odd,
        blank=counts.blank,
        malformed=counts.malformed,
        foreign=counts.foreign,
        foreign_turns=counts.foreign_turns,
        tables=tables,
    )


def _write_table(
    connection: DuckDBPyConnection, folder: Path, sorting: Sorting, found: SortedTable
) -> tuple[str, TableFile]:
    file = f"{found.table.name}-{sorting.start}-{sorting.end}-{sorting.sha256[:_HASH_DIGITS]}.parquet"
    source = _source(found)
    rows = _write(connection, folder / file, with_copy_keys(source) if found.table is TURNS else source)
    if rows != found.rows:
        raise ArchiveUnusable(folder / file, ValueError(f"{rows} rows were written instead of {found.rows}"))
    return found.table.name, TableFile(file=file, rows=rows)


def merge_segments(connection: DuckDBPyConnection, folder: Path, segments: Sequence[Segment], sha256: str) -> Segment:
    """One segment in the place of several neighbours; `sha256` is the hash of all their bytes. Raises as `write_segment`."""
    start, end = segments[0].start, segments[-1].end
    tables = {}
    for table in TABLES:
        parts = [segment.tables[table.name] for segment in segments if table.name in segment.tables]
        if parts:
            file = f"{table.name}-{start}-{end}-{sha256[:_HASH_DIGITS]}.parquet"
            source = f"SELECT * FROM read_parquet({files(folder / each.file for each in parts)})"
            tables[table.name] = TableFile(file=file, rows=_write(connection, folder / file, source))
    return Segment(
        start=start,
        end=end,
        sha256=sha256,
        lines=sum(each.lines for each in segments),
        odd=sum(each.odd for each in segments),
        blank=sum(each.blank for each in segments),
        malformed=sum(each.malformed for each in segments),
        foreign=sum(each.foreign for each in segments),
        foreign_turns=sum(each.foreign_turns for each in segments),
        tables=tables,
    )


def _source(found: SortedTable) -> str:
    """The rows of a table, in ledger order, as SQL."""
    plain, odd = _plain_rows(found), _odd_rows(found)
    if not found.odd:
        return plain
    if not found.plain:
        return f"SELECT * EXCLUDE (after, nth) FROM ({odd}) ORDER BY nth"
    placed = f"SELECT *, row_number() OVER () AS after, -1 AS nth FROM ({plain})"
    return f"SELECT * EXCLUDE (after, nth) FROM ({placed} UNION ALL BY NAME {odd}) ORDER BY after, nth"


def _plain_rows(found: SortedTable) -> str:
    lines = (
        f"SELECT json::VARCHAR AS line, json_transform(json, {literal(found.table.structure)}).record AS r "
        f"FROM read_ndjson_objects({files([found.plain_path])}, maximum_object_size={_OBJECT_BYTES})"
    )
    return f"SELECT {found.table.selected}, line, false AS odd FROM ({lines})"


def _odd_rows(found: SortedTable) -> str:
    columns = {column.name: column.type for column in found.table.columns}
    columns |= {"line": "VARCHAR", "after": "BIGINT", "nth": "BIGINT"}
    typed = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    size = max(_OBJECT_BYTES, found.longest + 1)
    names = ", ".join(column.name for column in found.table.columns)
    return (
        f"SELECT {names}, line, true AS odd, after, nth FROM read_ndjson({files([found.odd_path])}, "
        f"columns={{{typed}}}, maximum_object_size={size})"
    )


def _write(connection: DuckDBPyConnection, path: Path, source: str) -> int:
    """Write what `source` selects to the Parquet file `path`, at once; how many rows that is."""
    fresh = path.with_name(f"{path.name}.tmp")
    written = connection.cursor().execute(f"COPY ({source}) TO {literal(str(fresh))} {_OPTIONS}").fetchone()
    try:
        fresh.chmod(_FILE_MODE)
        sync_file(fresh)
        fresh.replace(path)
    except OSError as cause:
        raise HomeUnwritable(path, cause) from cause
    return 0 if written is None else written[0]


def count_repeats(
    connection: DuckDBPyConnection, folder: Path, fresh: Sequence[Segment], before: Sequence[Segment]
) -> int:
    """How many turns of `fresh` segments have the identity of an earlier turn, in them or in those `before`.

    By hash, so that it may, once in a blue moon, be one too many.
    """
    own, known = _identities(folder, fresh), _identities(folder, before)
    if own is None:
        return 0
    repeats = _count(connection, f"SELECT count(*) - count(DISTINCT identity) FROM ({own})")
    if known is not None:
        distinct = f"SELECT DISTINCT identity FROM ({own})"
        repeats += _count(connection, f"SELECT count(*) FROM ({distinct}) SEMI JOIN ({known}) USING (identity)")
    return repeats


def has_copies(
    connection: DuckDBPyConnection, folder: Path, fresh: Sequence[Segment], before: Sequence[Segment]
) -> bool:
    """Whether turns of `fresh` segments may be copies of other sessions' turns, in them or in those `before`."""
    own, known = _copy_keys(folder, fresh), _copy_keys(folder, before)
    if own is None:
        return False
    grouped = "SELECT key, min(session) AS low, max(session) AS high FROM ({}) GROUP BY key"
    if _count(connection, f"SELECT count(*) FROM ({grouped.format(own)}) WHERE low <> high"):
        return True
    if known is None:
        return False
    joined = f"({own}) AS own JOIN ({grouped.format(known)}) AS known USING (key)"
    return _count(connection, f"SELECT count(*) FROM {joined} WHERE low <> session OR high <> session") > 0


def _copy_keys(folder: Path, segments: Sequence[Segment]) -> str | None:
    paths = _turn_files(folder, segments)
    columns = f"{COPY_KEY} AS key, hash(source, session_id) AS session"
    return f"SELECT {columns} FROM read_parquet({files(paths)}) WHERE {COPY_KEY} IS NOT NULL" if paths else None


def _identities(folder: Path, segments: Sequence[Segment]) -> str | None:
    paths = _turn_files(folder, segments)
    return f"SELECT hash({', '.join(TURNS.key)}) AS identity FROM read_parquet({files(paths)})" if paths else None


def _turn_files(folder: Path, segments: Sequence[Segment]) -> list[Path]:
    return [folder / each.tables[TURNS.name].file for each in segments if TURNS.name in each.tables]


def _count(connection: DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return 0 if row is None else row[0]
