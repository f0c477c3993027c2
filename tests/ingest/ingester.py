"""A process that ingests: `ingester.py USER HOME PROCESSES`. It says when it begins, and what it did."""

from __future__ import annotations

import json
import sys

from relayburn.ingest.readers import ReadHere
from relayburn.ingest.reading_processes import ReadInProcesses
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.home import Home
from relayburn.reader.tokens import count_cl100k


def main() -> None:
    home = Home.of_environment({"HOME": sys.argv[1], "RELAYBURN_HOME": sys.argv[2]})
    processes = int(sys.argv[3])
    count_cl100k("the tables are loaded before it begins")
    print("begins", flush=True)
    report = ingest_all(home, log=print, readers=ReadInProcesses(processes) if processes else ReadHere())
    print(json.dumps(report.counters()), flush=True)


if __name__ == "__main__":
    main()
