"""What becomes of a home on a disk that is full: `small_disk.py MOUNT HOME USER`, where file systems can be mounted.

HOME is copied to a small file system in memory, at MOUNT, that has ever more room left, and brought up to date with the logs
of USER: an `AssertionError` ends it where something is lost. It says how often the disk was full.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from relayburn.errors import ArchiveUnusable, HomeUnwritable
from relayburn.ledger.home import Home
from relayburn.ledger.query import query_turns
from relayburn.sdk import summary
from tests.ingest.work_to_kill import ingest_and_build

PAGE = 4096
ENOUGH = 64 << 20


def main() -> None:
    mount, before, user = map(Path, sys.argv[1:4])
    expected = Home(mount / "undisturbed", user, {})
    full = 0
    _mount(mount, ENOUGH)
    shutil.copytree(before, expected.path)
    ingest_and_build(expected)
    answer = sorted(map(repr, query_turns(expected)))
    shutil.rmtree(expected.path)
    home = Home(mount / "burn", user, {})
    pages = 0
    while _fits(home, mount, before, pages) is False:
        full += 1
        _mount(mount, ENOUGH, "remount")
        ingest_and_build(home)
        assert sorted(map(repr, query_turns(home))) == answer
        assert summary(home).turn_count == len(answer)
        assert len(set(home.ledger.read_bytes().split(b"\n"))) == home.ledger.read_bytes().count(b"\n") + 1
        shutil.rmtree(home.path)
        pages += 1 + pages // 4
    print(full)


def _fits(home: Home, mount: Path, before: Path, pages: int) -> bool:
    """Whether the work could be done with so many pages of room; where not, nothing that was there is lost."""
    shutil.copytree(before, home.path)
    used = sum(-(-path.stat().st_size // PAGE) for path in home.path.rglob("*") if path.is_file())
    _mount(mount, (used + pages) * PAGE, "remount")
    ledger, cursors = home.ledger.read_bytes(), home.cursors.read_bytes()
    turns = len(query_turns(home))
    try:
        ingest_and_build(home)
    except (HomeUnwritable, ArchiveUnusable) as error:
        assert str(home.path) in str(error), error
        in_the_pass = isinstance(error, HomeUnwritable) and "archive" not in error.path
        after = home.ledger.read_bytes()
        assert after.startswith(ledger)
        assert after.endswith(b"\n")
        assert home.cursors.read_bytes() == cursors or not in_the_pass
        heard: list[str] = []
        assert summary(home, on_log=heard.append).turn_count == len(query_turns(home)) >= turns
        return False
    return True


def _mount(mount: Path, size: int, *options: str) -> None:
    text = ",".join([*options, f"size={size}"])
    subprocess.run(["mount", "-t", "tmpfs", "-o", text, "tmpfs", str(mount)], check=True)


if __name__ == "__main__":
    main()
