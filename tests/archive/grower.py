"""A process that lets a ledger grow and builds its archive each time: `grower.py HOME TURNS`. It says when it begins."""

from __future__ import annotations

import sys
from pathlib import Path

from relayburn.ledger.archive import build_archive
from tests.archive.ledgers import append, line
from tests.ledger.records import home_at, turn


def main() -> None:
    home = home_at(Path(sys.argv[1]))
    print("growing", flush=True)
    for number in range(int(sys.argv[2])):
        append(home, line("turn", turn(f"m-{number}")))
        build_archive(home, range_bytes=2000)
    print("done", flush=True)


if __name__ == "__main__":
    main()
