"""The server of the command line: lines put to it in turn, and what it replied to each (mcp.md).

In: `args.argv`, `env`, `cwd`, and `messages`, each of which is put when the one before has been answered. Out: `{exit_code,
replies, trailing_stdout, stderr}`, where a message without a reply has None. The streams are those of `burn mcp-server`
itself, in this process.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import Any

from conformance.mapped_database import database_below
from conformance.pathmap import PathMap
from conformance.stages.cli import case_of, remove_keepers
from conformance.stages.registry import Request, stage
from conformance.stages.scenario import forget_process, milliseconds
from relayburn.cli.lenient import run_leniently
from relayburn.cli.shell import Shell


class _Replies(io.StringIO):
    """Stdout, of which what was written since it was last asked for can be taken."""

    def taken(self) -> str:
        """What was written since the last time."""
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


class _Messages(io.StringIO):
    """Stdin that gives out a message when it is read, and notes what was replied to the one before."""

    def __init__(self, messages: Sequence[str], stdout: _Replies) -> None:
        super().__init__()
        self._left = list(messages)
        self._stdout = stdout
        self.replies: list[str | None] = []
        self._is_put = False

    def __next__(self) -> str:
        self.note_reply()
        if not self._left:
            raise StopIteration
        self._is_put = True
        return f"{self._left.pop(0)}\n"

    def note_reply(self) -> None:
        """Note what was replied to the message that was put last, if one was."""
        if self._is_put:
            self.replies.append(self._stdout.taken().removesuffix("\n") or None)
        self._is_put = False


@stage("relayburn.mcp")
def mcp(request: Request) -> dict[str, Any]:
    paths = PathMap(str(request.root))
    args = paths.outward(request.args)
    remove_keepers(case_of(args["cwd"], paths))
    now_ms = milliseconds(request.config["clock"])
    os.chdir(paths.opened(args["cwd"]))
    stdout, stderr = _Replies(), io.StringIO()
    stdin = _Messages(args["messages"], stdout)
    environ = args["env"] | {"TZ": "UTC"}
    forget_process()
    try:
        shell = Shell(environ, args["cwd"], stdin, stdout, stderr, request.semantics, lambda: now_ms)
        with database_below(paths):
            code = run_leniently(shell, args["argv"])
    finally:
        forget_process()
    return {
        "exit_code": code,
        "replies": stdin.replies,
        "trailing_stdout": stdout.taken(),
        "stderr": stderr.getvalue(),
    }
