"""A process that ingests until a line comes on stdin, by turns as a pass and as a hook: `again_and_again.py USER HOME LOG`."""

from __future__ import annotations

import json
import sys
import threading

from relayburn.ingest.hook import ingest_claude_hook
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.home import Home
from relayburn.reader.tokens import count_cl100k


def main() -> None:
    home = Home.of_environment({"HOME": sys.argv[1], "RELAYBURN_HOME": sys.argv[2]})
    payload = json.dumps({"session_id": "s", "transcript_path": sys.argv[3], "hook_event_name": "Stop"})
    count_cl100k("the tables are loaded before it begins")
    stopped = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stopped.set()), daemon=True).start()
    print("begins", flush=True)
    while not stopped.is_set():
        ingest_all(home, log=print)
        ingest_claude_hook(home, payload, log=print, quiet=True)
    ingest_all(home, log=print)


if __name__ == "__main__":
    main()
