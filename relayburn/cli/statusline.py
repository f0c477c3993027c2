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
_NAME_LENGTH = 255
"""A session's log is named after it, and no file has a longer name."""

_DISTANT_MS = 8.64e15
"""No calendar goes further."""


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
    if not 0 <= now - kept.get("at", 0) <= _FRESH_MS or (session and session not in kept.get("sessions", {})):
        _count_elsewhere(environ, semantics, session, tz)
    return 0


def session_named_in(stdin: TextIO) -> str | None:
    """The session that the harness names on stdin, as Claude Code does; None where it names none."""
    try:
        told = json.loads("null" if stdin.isatty() else stdin.read())
    except (OSError, ValueError, RecursionError):
        return None
    named = told.get("session_id") if isinstance(told, dict) else None
    return named if isinstance(named, str) and 0 < len(named) <= _NAME_LENGTH and named.isprintable() else None


def kept_parts(home: str, semantics: str, tz: str | None) -> dict[str, Any]:
    """The parts of the last count by these rules, else nothing."""
    try:
        with open(f"{home}/{FILE}", "rb") as file:  # noqa: PTH123 - `pathlib` takes as long as all the rest
            kept = json.load(file)
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if _is_whole(kept) and (kept["semantics"], kept["tz"]) == (semantics, tz) else {}


def _is_whole(kept: Any) -> bool:
    """Whether `kept` is what a count leaves behind."""
    if not isinstance(kept, dict) or not kept.keys() >= _KEPT:
        return False
    block, sessions = kept["block"], kept["sessions"]
    texts = [kept["today"], *(sessions.values() if isinstance(sessions, dict) else [None])]
    times = [kept["at"]]
    if block is not None:
        is_told = isinstance(block, dict)
        texts.append(block.get("text") if is_told else None)
        times.append(block.get("ends") if is_told else None)
    return all(isinstance(text, str) for text in texts) and all(_is_time(ms) for ms in times)


def _is_time(ms: Any) -> bool:
    return type(ms) in (int, float) and abs(ms) <= _DISTANT_MS


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
    # Without -P, modules of the folder we stand in, a project's, would be imported in place of those that are meant.
    words = [sys.executable, "-P", "-m", "relayburn.cli", "statusline", "--count", "--semantics", semantics]
    words += [f"--session={session}"] if session else []
    words += [f"--tz={tz}"] if tz else []
    nowhere = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in range(3)]
    os.posix_spawn(sys.executable, words, environ, file_actions=nowhere, setsid=True)
