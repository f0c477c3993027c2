"""The stage of the command line: `burn`'s words in a recorded home, what it wrote and how it ended (cli.md 17).

In: `args.argv`, `env`, `cwd` and `stdin`, and the surroundings that `config` names: a clock, a process id, counted uuids,
times of files, programs to be found first, a signal that ends a watch. Out: `{exit_code, stdout, stderr}`, for hooks and harnesses with the `files`
that they left in the home (compared where a recording holds them). Paths are recorded ones, which Python's file functions find in the working copy.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.errors import CannotAsk
from conformance.mapped_database import database_below
from conformance.pathmap import VIRTUAL_ROOT, PathMap
from conformance.stages.registry import Request, stage
from conformance.stages.scenario import forget_process, milliseconds, set_mtime
from relayburn.cli.lenient import run_leniently
from relayburn.cli.shell import Shell

_MS_PER_S = 1000
_POLL_S = 0.01
_SIGNAL = re.compile(r"(SIG[A-Z0-9]+) after ([0-9.]+) s")
_ARCHIVE = re.compile(r"/archive/ts-1\.10\b")
_MTIME = re.compile(r'("ledgerMtimeMs(?:Current)?": )[1-9][0-9.]*')


@stage("relayburn.cli")
def cli(request: Request) -> dict[str, Any]:
    paths, config = PathMap(str(request.root)), request.config
    # Other programs know nothing of recorded paths, so where one is run, all paths are as they really lie.
    args = request.args if "path_prepend" in config else paths.outward(request.args)
    case = case_of(args["cwd"], paths)
    remove_keepers(case)
    for pattern, seconds in config.get("setup_mtime_epoch_s", {}).items():
        for path in case.glob(pattern):
            set_mtime(path, seconds * _MS_PER_S)
    now_ms = milliseconds(config["clock"])
    environ = args["env"] | {"TZ": "UTC"}
    if "path_prepend" in config:
        environ["PATH"] = f"{config['path_prepend']}{os.pathsep}{os.environ['PATH']}"
    os.chdir(paths.opened(args["cwd"]))
    with _stream() as stdin, _stream() as stdout, _stream() as stderr:
        stdin.write(args.get("stdin", ""))
        stdin.seek(0)
        shell = Shell(environ, args["cwd"], stdin, stdout, stderr, request.semantics, lambda: now_ms)
        forget_process()
        try:
            with _process(config), _signalled(config), database_below(paths):
                code = run_leniently(shell, args["argv"])
        finally:
            forget_process()
        answer: dict[str, Any] = {"exit_code": code, "stdout": _named(_written(stdout)), "stderr": _written(stderr)}
    if "stdin" in args or "path_prepend" in config:
        answer["files"] = _files(shell, paths)
    return answer


def _stream() -> io.TextIOWrapper:
    """A file that a program can be given as a standard stream."""
    return io.TextIOWrapper(tempfile.TemporaryFile(), encoding="utf-8", newline="")


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@contextmanager
def _process(config: dict[str, Any]) -> Generator[None]:
    """This process with the recorded id, and uuids that are counted from 1; as it is, where none are recorded."""
    before = [(os, "getpid", os.getpid), (uuid, "uuid4", uuid.uuid4)]
    numbers = itertools.count(1)
    try:
        if "pid" in config:
            setattr(os, "getpid", lambda: config["pid"])  # noqa: B010 - a plain assignment does not type-check
        if "uuid" in config:
            counted = "00000000-0000-4000-8000-{:012}"
            setattr(uuid, "uuid4", lambda: uuid.UUID(counted.format(next(numbers))))  # noqa: B010
        yield
    finally:
        for module, name, function in before:
            setattr(module, name, function)


@contextmanager
def _signalled(config: dict[str, Any]) -> Generator[None]:
    """This process, sent the recorded signal as soon as it listens for it, and after the recorded time in any case."""
    recorded = _SIGNAL.fullmatch(config.get("signal", ""))
    if recorded is None:
        yield
        return
    number, wait_s = signal.Signals[recorded[1]], float(recorded[2])
    deaf, over = signal.signal(number, _ignored), threading.Event()

    def send() -> None:
        deadline = time.monotonic() + wait_s
        while signal.getsignal(number) is _ignored and time.monotonic() < deadline:
            if over.wait(_POLL_S):
                return
        if not over.is_set():
            os.kill(os.getpid(), number)

    sender = threading.Thread(target=send, daemon=True)
    sender.start()
    try:
        yield
    finally:
        over.set()
        sender.join()
        signal.signal(number, deaf)


def _ignored(_number: int, _frame: object) -> None:
    """What a signal does to a command that does not listen for it: nothing, because others stand in this process too."""


def _named(stdout: str) -> str:
    """What was said, the archive's folder named as the reference's file, and the ledger's times as recordings write them."""
    return _MTIME.sub(r'\1"<mtime>"', _ARCHIVE.sub("/archive.sqlite", stdout))


def case_of(cwd: str, paths: PathMap) -> Path:
    """The folder of the fixture, which holds a home and projects."""
    for folder in (Path(paths.opened(cwd)), *Path(paths.opened(cwd)).parents):
        if folder.parent.name == "cli" and folder.parent.parent.name == "fixtures":
            return folder
    raise CannotAsk(f"{cwd} lies in no fixture of the command line")


def remove_keepers(case: Path) -> None:
    """Remove the files that only keep empty folders in a repository."""
    for path in case.rglob(".keep"):
        path.unlink()


def _files(shell: Shell, paths: PathMap) -> dict[str, str]:
    """The ledger and the pending stamps, by their paths in the corpus."""
    home = shell.home
    files = [*([home.ledger] if home.ledger.exists() else []), *sorted(home.pending_stamps.glob("*.json"))]
    # Claude Code names a project's folder after its path.
    dashed, recorded = (root.replace("/", "-") for root in (paths.root, VIRTUAL_ROOT))
    return {
        paths.outward_text(str(path)).removeprefix(f"{VIRTUAL_ROOT}/"): paths.outward_text(
            path.read_text("utf-8").replace(dashed, recorded)
        )
        for path in files
    }
