"""`burn statusline`: one line for a harness's status bar, at once.

In: what the harness says of its session on stdin, and the parts of the line as they were last counted, kept in the home.
Out: the line. Where the parts are older than some seconds, another process counts anew, for the next time: a status bar
waits for nobody. For the same reason this imports next to nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TextIO

FILE = "statusline.json"
"""Where the parts of the line are kept: a JSON object with

* `at`, the time of the count in milliseconds, and whose rules (`semantics`) and days (`tz`) it went by,
* `today`, a text, and `sessions`, the text of each session that was asked for lately,
* `block`, the `text` of the open window of five hours and when it `ends` in milliseconds; null where none is open.
"""

_KEPT = {"at", "semantics", "tz", "today", "sessions", "block"}
_FRESH_MS = 5_000


def answer_at_once(environ: Mapping[str, str]) -> int:
    """`burn statusline` without more words, under `current` semantics, with the streams of this process."""
    streams: tuple[Any, ...] = (sys.stdin, sys.stdout)
    for stream in streams:
        stream.reconfigure(encoding="utf-8", errors="replace")
    from relayburn.ledger.folders import home_folder

    home = home_folder(environ)
    return show_line(home, environ, sys.stdin, sys.stdout, semantics="current", now=time.time() * 1000)


def show_line(
    home: str,
    environ: Mapping[str, str],
    stdin: TextIO,
    stdout: TextIO,
    *,
    semantics: str,
    session: str | None = None,
    tz: str | None = None,
    now: float,
) -> int:
    """Say how things stood when they were last counted, and have them counted anew where that is long ago.

    `home` is its folder, `now` in milliseconds. Raises `OSError` where nothing can be written.
    """
    session = session or session_named_in(stdin)
    kept = kept_parts(home, semantics, tz)
    stdout.write(f"{line(kept, session, now)}\n")
    stdout.flush()
    if kept.get("at", 0) + _FRESH_MS < now or (session and session not in kept.get("sessions", {})):
        _count_elsewhere(environ, semantics, session, tz)
    return 0


def session_named_in(stdin: TextIO) -> str | None:
    """The session that the harness names on stdin, as Claude Code does; None where it names none."""
    try:
        told = json.loads("null" if stdin.isatty() else stdin.read())
    except ValueError:
        return None
    named = told.get("session_id") if isinstance(told, dict) else None
    return named if isinstance(named, str) and named else None


def kept_parts(home: str, semantics: str, tz: str | None) -> dict[str, Any]:
    """The parts of the last count by these rules, else nothing."""
    try:
        with open(f"{home}/{FILE}", "rb") as file:  # noqa: PTH123 - `pathlib` takes as long as all the rest
            kept = json.load(file)
    except (OSError, ValueError):
        return {}
    is_ours = isinstance(kept, dict) and kept.keys() >= _KEPT and (kept["semantics"], kept["tz"]) == (semantics, tz)
    return kept if is_ours else {}


def line(kept: Mapping[str, Any], session: str | None, now: float) -> str:
    """The parts in one line; what was never counted is not in it."""
    if not kept:
        return "burn: counting…"
    block = kept["block"]
    minutes_left = int((block["ends"] - now) / 60_000) if block else 0
    parts = [
        kept["sessions"].get(session),
        kept["today"],
        f"{block['text']}, {minutes_left // 60}h {minutes_left % 60:02}m left)" if minutes_left > 0 else None,
    ]
    return " · ".join(filter(None, parts))


def _count_elsewhere(environ: Mapping[str, str], semantics: str, session: str | None, tz: str | None) -> None:
    words = [sys.executable, "-m", "relayburn.cli", "statusline", "--count", "--semantics", semantics]
    words += [f"--session={session}"] if session else []
    words += [f"--tz={tz}"] if tz else []
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    os.posix_spawn(sys.executable, words, environ, file_actions=nowhere, setsid=True)
