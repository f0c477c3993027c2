"""The stage of the command line: `burn`'s words in a recorded home, what it wrote and how it ended (cli.md 17).

In: `args.argv`, `env`, `cwd` and `stdin`, and the surroundings that `config` names: a clock, a process id, counted uuids,
times of files, programs to be found first. Out: `{exit_code, stdout, stderr}`, for hooks and harnesses with the `files`
that they left in the home (compared where a recording holds them). Paths are recorded ones, which Python's file functions find in the working copy.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import tempfile
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.errors import CannotAsk
from conformance.pathmap import VIRTUAL_ROOT, PathMap
from conformance.stages.registry import Request, stage
from conformance.stages.scenario import forget_process, milliseconds, set_mtime
from relayburn.cli.lenient import run
from relayburn.cli.shell import Shell

_MS_PER_S = 1000
_ARCHIVE = re.compile(r"/archive/ts-1\.10\b")
_MTIME = re.compile(r'("ledgerMtimeMs(?:Current)?": )[1-9][0-9.]*')


@stage("relayburn.cli")
def cli(request: Request) -> dict[str, Any]:
    paths, config = PathMap(str(request.root)), request.config
    # Other programs know nothing of recorded paths, so where one is run, all paths are as they really lie.
    args = request.args if "path_prepend" in config else paths.outward(request.args)
    case = _case(args["cwd"], paths)
    _remove_keepers(case)
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
            with _process(config):
                code = run(shell, args["argv"])
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


def _named(stdout: str) -> str:
    """What was said, the archive's folder named as the reference's file, and the ledger's times as recordings write them."""
    return _MTIME.sub(r'\1"<mtime>"', _ARCHIVE.sub("/archive.sqlite", stdout))


def _case(cwd: str, paths: PathMap) -> Path:
    """The folder of the fixture, which holds a home and projects."""
    for folder in (Path(paths.opened(cwd)), *Path(paths.opened(cwd)).parents):
        if folder.parent.name == "cli" and folder.parent.parent.name == "fixtures":
            return folder
    raise CannotAsk(f"{cwd} lies in no fixture of the command line")


def _remove_keepers(case: Path) -> None:
    """Remove the files that only keep empty folders in a repository."""
    for path in case.rglob(".keep"):
        path.unlink()


def _files(shell: Shell, paths: PathMap) -> dict[str, str]:
    """The ledger and the pending stamps, by their paths in the corpus."""
    home = shell.home
    files = [*home.path.glob(home.ledger.name), *sorted(home.pending_stamps.glob("*.json"))]
    # Claude Code names a project's folder after its path.
    dashed, recorded = (root.replace("/", "-") for root in (paths.root, VIRTUAL_ROOT))
    return {
        paths.outward_text(str(path)).removeprefix(f"{VIRTUAL_ROOT}/"): paths.outward_text(
            path.read_text("utf-8").replace(dashed, recorded)
        )
        for path in files
    }
