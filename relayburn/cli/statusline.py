"""`burn statusline`: one line for a harness's status bar, at once.

In: what the harness says of its session on stdin, and the figures of the last count, kept in the home. Out: the line. Where
the figures are older than some seconds, another process counts anew, for the next time: a status bar waits for nobody.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from relayburn.cli.shell import Shell

_FRESH_MS = 5_000
_GIVEN_UP_MS = 120_000
_KEPT_SESSIONS = 32


def show_line(shell: Shell, *, session: str | None, tz: str | None) -> int:
    """Say how things stood when they were last counted, and have them counted anew where that is long ago."""
    session = session or _session_of(shell)
    kept = _kept(shell, tz)
    shell.say(line(kept, session, shell.clock()))
    if kept.get("at", 0) + _FRESH_MS < shell.clock() or (session and session not in kept.get("sessions", {})):
        _count_elsewhere(shell, session, tz)
    return 0


def count(shell: Shell, *, session: str | None, tz: str | None) -> int:
    """Ingest, count, keep the figures, and say how things stand."""
    from relayburn.ingest.sweep import ingest_all
    from relayburn.ledger.private_files import replace_file
    from relayburn.records import to_wire
    from relayburn.sdk.standings import standing

    session = session or _session_of(shell)
    ingest_all(shell.home, log=shell.tell, semantics=shell.semantics)
    found = to_wire(standing(shell.home, session=session, tz=tz, semantics=shell.semantics))
    sessions = _kept(shell, tz).get("sessions", {})
    if session:
        sessions.pop(session, None)
        sessions[session] = found["session"]
    kept = {
        "at": shell.clock(),
        "semantics": shell.semantics.name,
        "tz": tz,
        "today": found["today"],
        "block": found.get("block"),
        "sessions": dict(list(sessions.items())[-_KEPT_SESSIONS:]),
    }
    replace_file(_file(shell), [json.dumps(kept).encode()])
    shell.say(line(kept, session, shell.clock()))
    return 0


def count_quietly(shell: Shell, *, session: str | None, tz: str | None) -> int:
    """`count`, unless another process is at it."""
    marker = _marker(shell)
    try:
        marker.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(marker, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        with suppress(OSError):
            if marker.stat().st_mtime * 1000 + _GIVEN_UP_MS < shell.clock():
                marker.unlink()
        return 0
    os.close(descriptor)
    try:
        return count(shell, session=session, tz=tz)
    finally:
        marker.unlink(missing_ok=True)


def line(kept: dict[str, Any], session: str | None, now: float) -> str:
    """The figures in one line; what was never counted is not in it."""
    if "today" not in kept:
        return "burn: counting…"
    from relayburn.cli.formats import usd

    parts = []
    if session in kept["sessions"]:
        parts.append(f"{usd(kept['sessions'][session])} session")
    parts.append(f"{usd(kept['today'])} today")
    block = kept["block"]
    left = (datetime.fromisoformat(block["end"]).timestamp() * 1000 - now) / 60_000 if block else 0
    if left > 0:
        hours, minutes = divmod(int(left), 60)
        parts.append(f"{usd(block['cost'])} block ({usd(block['usdPerHour'])}/h, {hours}h {minutes:02}m left)")
    return " · ".join(parts)


def _session_of(shell: Shell) -> str | None:
    """The session that the harness names on stdin, as Claude Code does; None where it names none."""
    try:
        told = json.loads(shell.read_all() or "null")
    except ValueError:
        return None
    named = told.get("session_id") if isinstance(told, dict) else None
    return named if isinstance(named, str) and named else None


def _kept(shell: Shell, tz: str | None) -> dict[str, Any]:
    try:
        kept = json.loads(_file(shell).read_bytes())
        is_ours = kept["semantics"] == shell.semantics.name and kept["tz"] == tz
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return kept if is_ours else {}


def _file(shell: Shell) -> Path:
    return shell.home.path / "statusline.json"


def _marker(shell: Shell) -> Path:
    return shell.home.path / "statusline.counting"


def _count_elsewhere(shell: Shell, session: str | None, tz: str | None) -> None:
    import subprocess

    words = [sys.executable, "-m", "relayburn.cli", "statusline", "--count", "--semantics", shell.semantics.name]
    words += [f"--session={session}"] if session else []
    words += [f"--tz={tz}"] if tz else []
    subprocess.Popen(
        words,
        env=dict(shell.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        close_fds=True,
    )
