"""DuckDB where recorded paths are found in the working copy.

DuckDB opens files by itself, which `opened_below` cannot see. In: the paths of a working copy. Out: a context in which
`duckdb.connect` gives connections that read `/corpus/...` in a query as the place below the working copy. Values of
parameters stay as they are recorded.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Self

from conformance.pathmap import PathMap


class MappedConnection:
    """A connection whose queries name files by their recorded paths."""

    def __init__(self, connection: Any, paths: PathMap) -> None:
        self._connection = connection
        self._paths = paths

    def execute(self, query: str, *args: Any) -> MappedConnection:
        """Run a query."""
        return MappedConnection(self._connection.execute(self._paths.inward_text(query), *args), self._paths)

    def cursor(self) -> MappedConnection:
        """Another connection to the same database."""
        return MappedConnection(self._connection.cursor(), self._paths)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __enter__(self) -> Self:
        self._connection.__enter__()
        return self

    def __exit__(self, *failure: Any) -> Any:
        return self._connection.__exit__(*failure)


@contextmanager
def database_below(paths: PathMap) -> Generator[None]:
    """While this is open, DuckDB finds `/corpus/...` below the working copy."""
    import duckdb

    connect = duckdb.connect
    setattr(duckdb, "connect", lambda *args, **options: MappedConnection(connect(*args, **options), paths))  # noqa: B010
    try:
        yield
    finally:
        setattr(duckdb, "connect", connect)  # noqa: B010 - a plain assignment does not type-check
