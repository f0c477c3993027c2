"""A process that takes the lock `demo` of a home, says so, and holds it until its stdin ends."""

from __future__ import annotations

import sys
from pathlib import Path

from relayburn.ledger.home import Home
from relayburn.ledger.lock import lock


def main() -> None:
    path = Path(sys.argv[1])
    with lock(Home(path, path, {}), "demo"):
        print("held", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
