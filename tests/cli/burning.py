"""The installed `burn` in a home of its own, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

BURN = Path(sys.executable).parent / "burn"
SESSION = "c0ffee00-0000-4000-8000-000000000001"


def burn(
    user_home: Path, *words: str, stdin: str = "", cwd: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """What `burn words` did where `user_home` is the user's home and `variables` are set."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(user_home), "TZ": "UTC"} | variables
    return subprocess.run(
        [BURN, *words], input=stdin, cwd=cwd or user_home, env=environ, capture_output=True, text=True, check=False
    )


@contextmanager
def burning(
    user_home: Path, *words: str, cwd: Path | None = None, **variables: str
) -> Generator[subprocess.Popen[str]]:
    """`burn words` at work, as `burn` runs it; killed at the end where it has not ended."""
    environ = {"PATH": os.environ["PATH"], "HOME": str(user_home), "TZ": "UTC"} | variables
    with subprocess.Popen(
        [BURN, *words],
        cwd=cwd or user_home,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # No terminal of ours is theirs.
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def eventually(is_so: Callable[[], object], patience_s: float = 30.0) -> None:
    """Wait until `is_so` says so."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def leave_session(user_home: Path, session_id: str = SESSION) -> Path:
    """Write the log of a Claude Code session with one turn; its file."""
    head = {"isSidechain": False, "cwd": "/somewhere", "sessionId": session_id}
    asked = {"parentUuid": None, "type": "user", "uuid": "u-1", "timestamp": "2026-03-12T09:00:00.000Z"}
    answered = {"parentUuid": "u-1", "type": "assistant", "uuid": "a-1", "timestamp": "2026-03-12T09:00:01.000Z"}
    usage = {"input_tokens": 10, "output_tokens": 3}
    answer = {"id": "m-1", "role": "assistant", "model": "claude-haiku-4-5", "usage": usage, "stop_reason": "end_turn"}
    lines = [
        head | asked | {"message": {"role": "user", "content": "say hi"}},
        head | answered | {"message": answer | {"content": [{"type": "text", "text": "hi"}]}},
    ]
    file = user_home / ".claude/projects/-somewhere" / f"{session_id}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return file
