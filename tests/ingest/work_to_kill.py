"""What the processes do that are killed: passes over session files, and builds of the archive."""

from __future__ import annotations

import duckdb  # noqa: F401 - what takes long to load is no part of what is killed

from relayburn.ingest.readers import ReadHere
from relayburn.ingest.reading_processes import ReadInProcesses
from relayburn.ingest.reingest import reingest
from relayburn.ingest.sweep import ingest_all, unheard
from relayburn.ledger.append import forget_index
from relayburn.ledger.archive.build import build_archive
from relayburn.ledger.home import Home
from relayburn.reader.tokens import count_cl100k

SMALL = 20_000
"""So few bytes that a short ledger has many ranges."""

count_cl100k("the tables are loaded before it begins")


def ingest(home: Home, processes: int = 0) -> None:
    forget_index()
    ingest_all(home, log=unheard, readers=ReadInProcesses(processes) if processes else ReadHere())


def read_again(home: Home) -> None:
    forget_index()
    reingest(home, log=unheard)


def build(home: Home) -> None:
    build_archive(home, range_bytes=SMALL)


def ingest_and_build(home: Home) -> None:
    ingest(home)
    build(home)
