"""One pass over a user's logs, in a process of its own: the work that `two_processes` times.

In: how many processes read, a user's home, and where a new home is to be. Out: two numbers on stdout, seconds by the clock and
of all processors. Processes that read import this module again, so it imports nothing that they do not need.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Make the pass."""
    from multiprocessing import active_children
    from pathlib import Path

    from relayburn.ingest.reading_processes import ReadInProcesses
    from relayburn.ingest.sweep import ingest_all
    from relayburn.ledger.home import Home
    from relayburn.sdk.ingesting import to_stderr

    _, processes, user_home, path = sys.argv
    home = Home(Path(path), Path(user_home), {})
    readers = ReadInProcesses(int(processes)) if processes != "1" else None
    started, used = time.perf_counter(), _processor_seconds()
    ingest_all(home, log=to_stderr, readers=readers)
    elapsed = time.perf_counter() - started
    for process in active_children():
        # Only of a process that ended, which nobody who ingests waits for, is it known what it used.
        process.join()
    print(json.dumps([elapsed, _processor_seconds() - used]))


def _processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
