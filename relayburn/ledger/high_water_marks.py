"""High-water marks, kept for older tools: per session the last message (ledger.md 9).

In and out: `{sessionId: {lastMessageId, lastTs, mtimeMs}}`. No verb decides anything by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relayburn.ledger.home import Home
from relayburn.ledger.json_file import indented, read_json
from relayburn.ledger.private_files import write_file


def load_high_water_marks(home: Home) -> dict[str, Any]:
    """The stored marks; none where the file is missing, malformed or no object."""
    stored = read_json(home.high_water_marks)
    return stored if type(stored) is dict else {}


def save_high_water_marks(home: Home, marks: Mapping[str, Any]) -> None:
    """Write all marks. Raises `HomeUnwritable`."""
    write_file(home.high_water_marks, indented(dict(marks)))
