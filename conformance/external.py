"""A subject that is any program speaking JSON lines on stdin and stdout.

In: a command and requests. Out: its answers; a crash, a hang, garbage, a wrong id or an early exit is a `Broken`
answer that names it and shows the last lines of stderr, and the next request goes to a fresh process. The wire is
described in docs/conformance.md.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from conformance.errors import SubjectUnusable
from conformance.program import Ended, Flooded, Hung, Program, Tail
from conformance.stages.registry import Request
from conformance.subject import Answer, Broken
from conformance.surroundings import clean_environment
from conformance.wire import Garbage, Handshake, read_answer, read_handshake, request_line, start_line

SECONDS_TO_START = 60.0
_FAILED_STARTS_ALLOWED = 3
_NOISE_WORTH_A_NOTE = 1 << 16
_KINDS: dict[type[Exception], str] = {Hung: "hang", Ended: "early exit", Flooded: "garbage", Garbage: "garbage"}


class External:
    """The program of `command`, in the shell's own quoting, which has `timeout` seconds for an answer.

    `root` is the working copy it is told of; to start, which may mean to be built first, it has `seconds_to_start`.
    Raises `SubjectUnusable` where the program does not start or does not introduce itself.
    """

    def __init__(self, command: str, timeout: float, root: Path, *, seconds_to_start: float = SECONDS_TO_START) -> None:
        self._command = split_command(command)
        self._timeout = timeout
        self._seconds_to_start = seconds_to_start
        self._root = root
        self._offered: dict[str, bool] = {}
        self._failed_starts = 0
        self._number = 0
        self._noise = 0
        self._last_words: list[str] = []
        self._program: Program | None = None
        try:
            self._program, self._handshake = self._start()
        except _NoStart as error:
            raise SubjectUnusable(f"the subject {command!r} cannot be used: {error}") from error
        self.title = f"{self._handshake.name} {self._handshake.version}"
        self.admitted = self._handshake.admitted

    def offers(self, protocol: str) -> bool:
        """Whether the handshake named `protocol`."""
        if protocol not in self._offered:
            self._offered[protocol] = self._handshake.offers(protocol)
        return self._offered[protocol]

    def ask(self, request: Request) -> Answer:
        """Its answer, or what became of it."""
        if self._program is None:
            if self._failed_starts >= _FAILED_STARTS_ALLOWED:
                return Broken("no start", f"given up after {self._failed_starts} failed starts")
            try:
                self._program, _ = self._start()
            except _NoStart as error:
                return Broken("no start", str(error))
        self._number += 1
        try:
            return read_answer(self._program.converse(request_line(self._number, request), self._timeout), self._number)
        except (Hung, Ended, Flooded, Garbage) as error:
            stderr = self._end(self._program)
            return Broken(_KINDS[type(error)], _with_stderr(str(error), stderr))

    def notes(self) -> list[str]:
        """How noisy it was on stderr, where that is worth a word."""
        if self._noise < _NOISE_WORTH_A_NOTE:
            return []
        return [f"the subject wrote {self._noise} bytes to stderr, the last line: {self._last_words[-1:]}"]

    def close(self) -> None:
        """Let it end."""
        if self._program is not None:
            self._program.close()
            self._keep(self._program.stderr)
            self._program = None

    def _start(self) -> tuple[Program, Handshake]:
        try:
            program = Program(self._command, clean_environment(os.environ))
        except OSError as error:
            self._failed_starts += 1
            raise _NoStart(f"it does not start: {error}") from error
        try:
            handshake = read_handshake(program.converse(start_line(self._root), self._seconds_to_start))
        except (Hung, Ended, Flooded, Garbage) as error:
            self._failed_starts += 1
            raise _NoStart(_with_stderr(f"no handshake: {error}", self._end(program))) from error
        self._failed_starts = 0
        return program, handshake

    def _end(self, program: Program) -> list[str]:
        program.kill()
        self._program = None
        self._keep(program.stderr)
        return program.stderr.lines()

    def _keep(self, stderr: Tail) -> None:
        self._noise += stderr.bytes_seen
        self._last_words = stderr.lines() or self._last_words


class _NoStart(Exception):
    """The program did not come up."""


def split_command(command: str) -> list[str]:
    """The words of a command line. Raises `SubjectUnusable`."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise SubjectUnusable(f"the subject {command!r} is no command: {error}") from error
    if not words:
        raise SubjectUnusable("the subject's command is empty")
    return words


def _with_stderr(message: str, lines: list[str]) -> str:
    return "\n".join([message, *(f"stderr: {line}" for line in lines)])
