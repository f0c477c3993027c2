"""DuckDB at work for the archive."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

INTERRUPTED_IN_IMPORT = """
import os, signal, sys
from pathlib import Path
from relayburn.ledger.archive.database import database

def interrupt(frame, event, argument):
    if frame.f_code.co_name == "_create_":
        sys.setprofile(None)
        os.kill(os.getpid(), signal.SIGINT)

sys.setprofile(interrupt)
try:
    with database(Path(), Path()):
        print("connected")
except KeyboardInterrupt:
    print("interrupted", "duckdb" in sys.modules)
"""
"""Ctrl-C where DuckDB, being imported, makes an enumeration."""


def test_an_import_of_duckdb_that_is_interrupted_ends_first(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_IN_IMPORT], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted True\n", "")
