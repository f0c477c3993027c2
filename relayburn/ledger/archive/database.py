"""DuckDB, as the archive uses it: in memory, on the archive's own files, with nothing from the network.

In: a folder. Out: a connection, and texts quoted for its SQL. DuckDB is imported here, when the first connection is asked for.
"""

from __future__ import annotations

import glob
import os
import signal
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from relayburn.errors import ArchiveUnusable
from relayburn.text import well_formed

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MEMORY = "1GB"
"""What DuckDB may hold at once, however large the ledger is; by default it would take most of what the machine has."""

_USUAL_THREADS = min(8, os.cpu_count() or 1)
"""How many threads answer one query. Each has buffers of its own."""

_SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": _MEMORY,
}


@contextmanager
def database(archive: Path, spill: Path, threads: int = _USUAL_THREADS) -> Generator[DuckDBPyConnection]:
    """A connection to ask `archive` with, in which `threads` share in a query; what does not fit in memory goes to `spill`.

    Raises `ArchiveUnusable` for all that DuckDB raises, and for folders that it cannot be told of.
    """
    with _uninterrupted():
        import duckdb

    if well_formed(f"{archive}{spill}") != f"{archive}{spill}":
        raise ArchiveUnusable(archive, ValueError("DuckDB knows no paths that are not UTF-8"))

    try:
        with duckdb.connect(config={**_SETTINGS, "threads": str(threads), "temp_directory": str(spill)}) as connection:
            yield connection
    except duckdb.Error as cause:
        raise ArchiveUnusable(archive, cause) from cause


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Ctrl-C waits for the end of this: the process aborts where the import of DuckDB is interrupted."""
    interrupted = signal.getsignal(signal.SIGINT)
    # Signals are heard by the main thread alone.
    if not callable(interrupted) or threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: heard.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, interrupted)
    if heard:
        interrupted(*heard[0])


def literal(text: str) -> str:
    """`text` as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def files(paths: Iterable[Path]) -> str:
    """Paths as a list of SQL that names these files; DuckDB takes a name for a pattern."""
    return "[" + ", ".join(literal(glob.escape(str(path))) for path in paths) + "]"
