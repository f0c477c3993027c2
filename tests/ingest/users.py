"""A user with session logs and a home, in a test folder."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from relayburn.ingest.gaps import forget_gaps
from relayburn.ingest.report import IngestReport
from relayburn.ingest.sweep import ingest_all
from relayburn.ledger.append import forget_index
from relayburn.ledger.home import Home
from relayburn.ledger.query import LedgerQuery, query_turns
from relayburn.semantics import CURRENT, Semantics
from tests.ledger.records import NOW_MS
from tests.reader import claude_lines, codex_lines
from tests.reader.opencode_tree import Tree

SESSION = claude_lines.SESSION
CODEX_SESSION = "0199aaaa-bbbb-4ccc-8ddd-eeeeffff0000"


class User:
    """`user/` is the user's home folder, `burn/` the home of relayburn; `said` collects the lines for stderr."""

    def __init__(self, folder: Path, *, semantics: Semantics = CURRENT, **environ: str) -> None:
        self.folder = folder
        self.user_home = folder / "user"
        self.home = Home(folder / "burn", self.user_home, environ, now)
        self.semantics = semantics
        self.said: list[str] = []
        self.forget_process()

    def forget_process(self) -> None:
        """Begin as a new process would."""
        forget_index()
        forget_gaps()

    def ingest(self, **options: Any) -> IngestReport:
        """A pass over all sessions."""
        return ingest_all(self.home, log=self.said.append, semantics=self.semantics, **options)

    def claude(self, *lines: Any, session: str = SESSION, project: str = "-work-shop") -> Path:
        """Write a Claude Code log."""
        return _write(self.user_home / ".claude" / "projects" / project / f"{session}.jsonl", claude_lines.log(*lines))

    def codex(self, *lines: Any, day: str = "2026/03/04", session: str = CODEX_SESSION) -> Path:
        """Write a rollout."""
        name = f"rollout-2026-03-04T05-06-07-{session}.jsonl"
        return _write(self.user_home / ".codex" / "sessions" / day / name, codex_lines.log(*lines))

    def opencode(self, session: str = "ses_1", **fields: Any) -> Tree:
        """An OpenCode session without messages."""
        return Tree(self.user_home / ".local" / "share" / "opencode" / "storage", session, **fields)

    def turns(self, **query: Any) -> list[dict[str, Any]]:
        """What the home says of turns."""
        return query_turns(self.home, LedgerQuery(**query), semantics=self.semantics)

    def outputs(self) -> dict[str, int]:
        """The output tokens of each message."""
        return {turn["messageId"]: turn["usage"]["output"] for turn in self.turns()}

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the ledger."""
        return [json.loads(line) for line in self.home.ledger.read_text().split("\n")[:-1]]

    def cursors(self) -> dict[str, Any]:
        """The stored cursors by the name of their file."""
        return {Path(key).name: cursor for key, cursor in json.loads(self.home.cursors.read_text())["files"].items()}


def now() -> float:
    """The time of all tests; a function that other processes find as well."""
    return NOW_MS


def append(path: Path, *lines: Any) -> None:
    """Let a log go on; a text or bytes stand for themselves, without a line end."""
    with path.open("ab") as file:
        for line in lines:
            file.write(line if isinstance(line, bytes) else claude_lines.log(line))


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def prompt(text: str, uuid: str = "u1", **more: Any) -> dict[str, Any]:
    """A user line of now."""
    return claude_lines.user(text, uuid, **{"timestamp": "2026-11-10T10:00:00.000Z", **more})


def answer(message: str, output: int = 20, *, second: int = 1, **more: Any) -> dict[str, Any]:
    """An assistant line with `output` tokens."""
    usage = {"input_tokens": 10, "output_tokens": output, "cache_read_input_tokens": 30}
    more = {"uuid": f"a-{message}-{second}", "timestamp": f"2026-11-10T10:00:{second:02}.000Z", **more}
    return claude_lines.assistant(message, more.pop("content", "done"), usage=usage, **more)


def refuse_to_list(monkeypatch: pytest.MonkeyPatch, closed: Path) -> None:
    """Let nobody list the folder `closed`, not even who may do anything."""
    scandir = os.scandir

    def refuse(folder: str) -> Any:
        if Path(folder) == closed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
