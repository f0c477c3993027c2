"""Counting what `burn statusline` shows: ingest, sum up, keep the parts of the line.

In: a `Shell`, a session and the zone of days. Out: the file that `statusline` reads.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import datetime
from typing import Any

from relayburn.cli.formats import usd
from relayburn.cli.shell import Shell
from relayburn.cli.statusline import FILE, kept_parts, line, session_named_in

_GIVEN_UP_MS = 120_000
_KEPT_SESSIONS = 32


def count(shell: Shell, *, session: str | None, tz: str | None) -> int:
    """Ingest, count, keep the parts, and say how things stand."""
    from relayburn.ingest.sweep import ingest_all
    from relayburn.ledger.private_files import replace_file
    from relayburn.sdk.standings import standing

    session = session or session_named_in(shell.stdin)
    home, semantics = shell.home, shell.semantics
    ingest_all(home, log=shell.tell, semantics=semantics)
    found = standing(home, session=session, tz=tz, semantics=semantics)
    sessions = kept_parts(str(home.path), semantics.name, tz).get("sessions", {})
    if session:
        sessions.pop(session, None)
        sessions[session] = f"{usd(found.session or 0)} session"
    block: dict[str, Any] | None = None
    if found.block:
        text = f"{usd(found.block.cost)} block ({usd(found.block.usd_per_hour)}/h"
        block = {"text": text, "ends": datetime.fromisoformat(found.block.end).timestamp() * 1000}
    kept = {
        "at": shell.clock(),
        "semantics": semantics.name,
        "tz": tz,
        "today": f"{usd(found.today)} today",
        "block": block,
        "sessions": dict(list(sessions.items())[-_KEPT_SESSIONS:]),
    }
    replace_file(home.path / FILE, [json.dumps(kept).encode()])
    shell.say(line(kept, session, shell.clock()))
    return 0


def count_quietly(shell: Shell, *, session: str | None, tz: str | None) -> int:
    """`count`, unless another process is at it."""
    marker = shell.home.path / "statusline.counting"
    try:
        marker.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        with suppress(OSError):
            if abs(shell.clock() - marker.stat().st_mtime * 1000) > _GIVEN_UP_MS:
                marker.unlink()
        return 0
    os.close(descriptor)
    try:
        return count(shell, session=session, tz=tz)
    finally:
        marker.unlink(missing_ok=True)
