"""A process that builds an archive: `builder.py HOME RANGE_BYTES`. It says when it begins, and when it is done."""

from __future__ import annotations

import sys
from pathlib import Path

from relayburn.ledger.archive import build_archive
from tests.ledger.records import home_at


def main() -> None:
    import duckdb  # noqa: F401 - what takes long to import is no part of what is killed

    home = home_at(Path(sys.argv[1]))
    print("building", flush=True)
    build_archive(home, range_bytes=int(sys.argv[2]))
    print("done", flush=True)


if __name__ == "__main__":
    main()
