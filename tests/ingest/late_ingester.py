"""A process that ingests, but waits when it has read: `late_ingester.py USER HOME`. A line on stdin lets it go on."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from relayburn.ingest.harvest import Load, Outcome, Step
from relayburn.ingest.readers import ReadHere
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.home import Home


class Late(ReadHere):
    """Reads files, and gives them when it is told to."""

    def outcomes(self, steps: Iterable[Step]) -> Iterator[Outcome]:
        for outcome in super().outcomes(steps):
            if isinstance(outcome, Load):
                print("has read", flush=True)
                sys.stdin.readline()
            yield outcome


def main() -> None:
    home = Home.of_environment({"HOME": sys.argv[1], "RELAYBURN_HOME": sys.argv[2]})
    report = ingest_all(home, log=print, readers=Late())
    print(report.appended_turns, flush=True)


if __name__ == "__main__":
    main()
