"""Made-up homes of users: session logs where the harnesses keep them, and ledgers of any size.

In: a folder, a seed and sizes. Out: a folder with the logs of all harnesses, each about as large; a home whose ledger holds
what was ingested from them, and all that again under other names and on later days, as often as it takes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import orjson

from conformance.bench.harnesses import HARNESSES
from conformance.bench.invention import write_log
from conformance.bench.prose import Prose
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.append import forget_index
from relayburn.ledger.home import Home
from relayburn.reader.tokens import forget_counts

_ROOTS = {
    "claude": ".claude/projects/-home-mira-work-tally-api",
    "codex": ".codex/sessions",
    "opencode": ".local/share/opencode",
}
_NAMES = (
    "sessionId|relatedSessionId|messageId|precedingMessageId|followingMessageId|userUuid|toolUseId|parentToolUseId|"
    "agentId|parentAgentId|id"
)
_NAMED_OR_DATED = re.compile(rb'("(?:%s)":"[^"]+)"|"ts":"(?:\d{4}-\d\d-\d\d)' % _NAMES.encode())
_NAME, _DAY = b"\0", b"\1"
PROJECT = "/home/mira/work/tally-api"
"""Where all made-up sessions take place."""

_FIRST_DAY = date(2026, 3, 4)


def write_logs(user_home: Path, seed: int, megabytes: int) -> int:
    """Session logs of `megabytes` in all, a third from each harness; how many bytes they really have."""
    written = 0
    for name, root in _ROOTS.items():
        for log in HARNESSES[name].logs(seed, megabytes * 1_000_000 // len(_ROOTS)):
            write_log(user_home / root, log)
            written += sum(map(len, log.values()))
    return written


def fresh_home(path: Path, user_home: Path) -> Home:
    """A home at `path`, of which this process knows nothing yet."""
    forget_index()
    forget_counts()
    return Home(path, user_home, {})


class GrowingLedger:
    """A home with a ledger that was ingested from the logs in `user_home`, and can be made longer.

    What is added was done in the folder `project`, which has instruction files.
    """

    def __init__(self, path: Path, user_home: Path) -> None:
        self.home = fresh_home(path, user_home)
        ingest_all(self.home, log=unheard)
        ingested = self.home.ledger.read_bytes()
        self.megabytes = len(ingested) / 1e6
        self._turns_each = ingested.count(b'"kind":"turn"')
        self.turns = self._turns_each
        self.project = user_home / "tally-api"
        _write_instructions(self.project)
        moved = ingested.replace(PROJECT.encode(), str(self.project).encode())
        self._pattern = _NAMED_OR_DATED.sub(_marked, moved)
        self._copies: Iterator[int] = count(1)

    def grow_to(self, megabytes: int) -> None:
        """Append until the ledger has at least `megabytes`."""
        with self.home.ledger.open("ab") as ledger:
            while self.megabytes < megabytes:
                number = next(self._copies)
                day = (_FIRST_DAY + timedelta(days=number % 1000)).isoformat().encode()
                text = self._pattern.replace(_NAME, b"-%d" % number).replace(_DAY, day)
                ledger.write(text)
                self.megabytes += len(text) / 1e6
                self.turns += self._turns_each


def _write_instructions(project: Path) -> None:
    prose = Prose(1)
    project.mkdir()
    for name in ("CLAUDE.md", "AGENTS.md"):
        rules = "".join(f"## {prose.words(3)}\n\n{prose.text(600)}\n\n" for _ in range(20))
        (project / name).write_text(rules, encoding="utf-8")


def _marked(found: re.Match[bytes]) -> bytes:
    return found[1] + _NAME + b'"' if found[1] else b'"ts":"' + _DAY


def unheard(_line: str) -> None:
    """Nobody listens."""


def write_small_logs(user_home: Path, files: int, turns: int) -> None:
    """`files` logs of Claude Code with `turns` short turns each."""
    folder = user_home / _ROOTS["claude"]
    folder.mkdir(parents=True)
    for number in range(files):
        session = f"00000000-0000-4000-8000-{number:012x}"
        lines = b"".join(_small_turn(session, turn) for turn in range(turns))
        (folder / f"{session}.jsonl").write_bytes(lines)


def _small_turn(session: str, turn: int) -> bytes:
    said = {"type": "text", "text": f"The answer is {turn}."}
    message = {
        "id": f"msg_{session}_{turn}",
        "role": "assistant",
        "model": "claude-sonnet-4-6",
        "content": [said],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 9},
    }
    line = {
        "type": "assistant",
        "uuid": f"{session}-{turn}",
        "sessionId": session,
        "cwd": PROJECT,
        "timestamp": f"2026-03-04T09:{turn // 60 % 60:02}:{turn % 60:02}.000Z",
        "message": message,
    }
    return orjson.dumps(line) + b"\n"
