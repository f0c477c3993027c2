"""A process that appends turns to a home: `appender.py HOME FIRST LAST BATCH`.

It appends the turns FIRST to LAST in batches of BATCH, in an order of its own, and says when it begins.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from relayburn.ledger.append import append_turns
from relayburn.ledger.home import Home
from tests.ledger.records import turn


def numbered(first: int, last: int) -> list[dict]:
    """The turns `first` to `last`, all of equal content, with a text that takes several blocks of a disk."""
    return [turn(f"m-{number}", f"s-{number % 7}", about="x" * (number % 9000)) for number in range(first, last)]


def main() -> None:
    path = Path(sys.argv[1])
    first, last, batch = map(int, sys.argv[2:5])
    home = Home(path, path, {})
    turns = numbered(first, last)
    random.Random(sys.argv[5] if len(sys.argv) > 5 else None).shuffle(turns)
    print("begins", flush=True)
    for start in range(0, len(turns), batch):
        append_turns(home, turns[start : start + batch])


if __name__ == "__main__":
    main()
